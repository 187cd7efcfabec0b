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


def visible(forward, backward):
    height, width = forward.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    x, y = columns + forward[..., 0], rows + forward[..., 1]
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    back = sample(backward, x, y)
    missed = np.sum((forward + back) ** 2, axis=-1)
    gone = np.sum(forward**2, axis=-1) + np.sum(back**2, axis=-1)
    return (inside & (missed <= 0.01 * gone + 0.5)).astype(float)
