import numpy as np


def occluded(forward, backward):
    forward, backward = forward.astype(np.float64), backward.astype(np.float64)
    height, width = forward.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    x, y = columns + forward[..., 0], rows + forward[..., 1]
    outside = (x < 0) | (x > width - 1) | (y < 0) | (y > height - 1)
    back = sample(backward, np.clip(x, 0, width - 1), np.clip(y, 0, height - 1))
    missed = np.sum((forward + back) ** 2, axis=-1)
    went = np.sum(forward**2, axis=-1) + np.sum(back**2, axis=-1)
    return outside | (missed > 0.01 * went + 0.5)


def sample(flow, x, y):
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right = np.minimum(left + 1, flow.shape[1] - 1)
    bottom = np.minimum(top + 1, flow.shape[0] - 1)
    across, down = (x - left)[..., None], (y - top)[..., None]
    upper = flow[top, left] * (1 - across) + flow[top, right] * across
    lower = flow[bottom, left] * (1 - across) + flow[bottom, right] * across
    return upper * (1 - down) + lower * down
