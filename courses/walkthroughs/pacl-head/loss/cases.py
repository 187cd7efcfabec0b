import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def batch(pairs, patches, width, sharpness, scale, near=0.0):
        texts = random.normal(size=(pairs, width)) * 3
        grid = random.normal(size=(pairs, patches, width))
        grid[:, 0] += near * texts
        return [grid / np.linalg.norm(grid, axis=2, keepdims=True), texts, sharpness, scale]

    return [
        {"name": "scale zero", "args": batch(3, 2, 4, 1.0, 0.0), "visible": True},
        {"name": "two pairs", "args": batch(2, 3, 3, 2.0, 5.0), "visible": True},
        {"name": "pairs that fit in one patch", "args": batch(4, 5, 6, 10.0, 20.0, 4.0), "visible": True},
        {"name": "a larger batch", "args": batch(20, 9, 8, 5.0, 14.3)},
        {"name": "sharp and at the largest scale", "args": batch(8, 16, 12, 50.0, 100.0, 2.0)},
        {"name": "one pair", "args": batch(1, 4, 5, 3.0, 10.0)},
        {"name": "one patch", "args": batch(7, 1, 5, 3.0, 10.0)},
    ]
