import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def batch(pictures, patches, texts, width, sharpness):
        grid = random.normal(size=(pictures, patches, width))
        return [grid / np.linalg.norm(grid, axis=2, keepdims=True), random.normal(size=(texts, width)) * 3, sharpness]

    return [
        {"name": "two patches, one text", "args": [np.eye(2)[None], np.array([[2.0, 0.0]]), 1.0], "visible": True},
        {"name": "no sharpness is the mean", "args": batch(2, 4, 2, 3, 0.0), "visible": True},
        {"name": "two pictures, three texts", "args": batch(2, 5, 3, 4, 2.0), "visible": True},
        {"name": "very sharp is the best patch", "args": batch(3, 6, 4, 5, 5000.0)},
        {"name": "as many of everything", "args": batch(5, 5, 5, 5, 10.0)},
        {"name": "one patch", "args": batch(4, 1, 3, 6, 3.0)},
        {"name": "a large batch, in time", "args": batch(32, 100, 32, 24, 10.0), "wall_s": 4.0},
    ]
