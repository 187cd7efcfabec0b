import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def batch(pictures, patches, texts, width):
        grid = random.normal(size=(pictures, patches, width))
        return [grid / np.linalg.norm(grid, axis=2, keepdims=True), random.normal(size=(texts, width)) * 5]

    plain = [np.eye(3)[None], np.array([[2.0, 0.0, 0.0], [0.0, 3.0, 3.0]])]
    return [
        {"name": "three patches, two texts", "args": plain, "visible": True},
        {"name": "two pictures", "args": batch(2, 2, 3, 4), "visible": True},
        {"name": "as many texts as patches", "args": batch(3, 5, 5, 6)},
        {"name": "as many of everything", "args": batch(4, 4, 4, 4)},
        {"name": "one text", "args": batch(6, 9, 1, 5)},
        {"name": "one patch", "args": batch(3, 1, 7, 5)},
        {"name": "many patches", "args": batch(2, 196, 12, 16)},
    ]
