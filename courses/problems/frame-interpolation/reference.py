import numpy as np


def between(first, second, flow, t):
    before = sample(first, -t * flow.astype(np.float64))
    after = sample(second, (1 - t) * flow.astype(np.float64))
    return ((1 - t) * before + t * after).astype(np.float32)


def sample(frame, offset):
    height, width = frame.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    x = np.clip(columns + offset[..., 0], 0, width - 1)
    y = np.clip(rows + offset[..., 1], 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = (x - left)[..., None], (y - top)[..., None]
    upper = frame[top, left] * (1 - across) + frame[top, right] * across
    lower = frame[bottom, left] * (1 - across) + frame[bottom, right] * across
    return upper * (1 - down) + lower * down
