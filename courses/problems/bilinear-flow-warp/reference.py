import numpy as np


def warp(image, flow):
    height, width = image.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    x = np.clip(columns + flow[..., 0], 0, width - 1)
    y = np.clip(rows + flow[..., 1], 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    to_right = (x - left)[..., None]
    to_bottom = (y - top)[..., None]
    upper = (1 - to_right) * image[top, left] + to_right * image[top, right]
    lower = (1 - to_right) * image[bottom, left] + to_right * image[bottom, right]
    return ((1 - to_bottom) * upper + to_bottom * lower).astype(np.float32)
