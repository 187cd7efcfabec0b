import numpy as np


def cosine_matrix(a, b):
    a_units = units(a)
    b_units = units(b)
    return (a_units @ b_units.T).astype(np.float32)


def units(rows):
    rows = rows.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)
