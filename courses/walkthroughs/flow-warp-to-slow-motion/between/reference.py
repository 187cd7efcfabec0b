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


def blend(first, second, forward, backward, to_first, to_second, t):
    from_first, from_second = warp(first, to_first), warp(second, to_second)
    trust_first = warp(visible(backward, forward)[..., None], to_second)  # (H, W, 1)
    trust_second = warp(visible(forward, backward)[..., None], to_first)
    weight_first, weight_second = (1 - t) * (trust_first + 0.001), t * (trust_second + 0.001)
    frame = (weight_first * from_first + weight_second * from_second) / (weight_first + weight_second)
    return frame, np.sum((from_first - from_second) ** 2, axis=-1)


def between(first, second, forward, backward, t):
    one, doubt_one = blend(first, second, forward, backward, -t * forward, (1 - t) * forward, t)
    other, doubt_other = blend(first, second, forward, backward, t * backward, (t - 1) * backward, t)
    return np.where((doubt_other < doubt_one - 1e-9)[..., None], other, one)
