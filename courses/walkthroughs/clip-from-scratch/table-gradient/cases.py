import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def table(count, size):
        return random.normal(size=(count, count)) * size

    hub = table(6, 1.0)
    hub[:, 2] += 8
    return [
        {"name": "all scores equal", "args": [np.zeros((3, 3))], "visible": True},
        {"name": "a small table", "args": [np.array([[2.0, 0.0], [1.0, 3.0]])], "visible": True},
        {"name": "pairs the wrong way round", "args": [5 * np.eye(4)[::-1].copy()], "visible": True},
        {"name": "a larger batch", "args": [table(30, 3.0)]},
        {"name": "a caption that is near to everything", "args": [hub]},
        {"name": "scores of a thousand", "args": [table(8, 400.0)]},
        {"name": "perfect pairs", "args": [100 * np.eye(6)]},
        {"name": "one pair", "args": [table(1, 3.0)]},
        {"name": "a large table, in time", "args": [table(250, 2.0)], "wall_s": 3.0},
    ]
