import numpy as np


def lucas_kanade(first, second, x, y, radius):
    first, second = first.astype(np.float64), second.astype(np.float64)
    along_y, along_x = np.gradient(first)
    in_time = second - first
    window = np.s_[y - radius : y + radius + 1, x - radius : x + radius + 1]
    i_x, i_y, i_t = along_x[window], along_y[window], in_time[window]
    mixed = np.sum(i_x * i_y)
    matrix = np.array([[np.sum(i_x * i_x), mixed], [mixed, np.sum(i_y * i_y)]])
    right_side = -np.array([np.sum(i_x * i_t), np.sum(i_y * i_t)])
    if np.linalg.eigvalsh(matrix)[0] < 1e-6:
        return np.zeros(2, dtype=np.float32)
    return np.linalg.solve(matrix, right_side).astype(np.float32)
