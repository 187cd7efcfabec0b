import numpy as np


def sample(image, x, y):
    height, width = image.shape[:2]
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = (x - left)[..., None], (y - top)[..., None]
    upper = image[top, left] * (1 - across) + image[top, right] * across
    lower = image[bottom, left] * (1 - across) + image[bottom, right] * across
    return upper * (1 - down) + lower * down


def warp(image, flow):
    rows, columns = np.mgrid[0 : flow.shape[0], 0 : flow.shape[1]]
    return sample(image, columns + flow[..., 0], rows + flow[..., 1])
