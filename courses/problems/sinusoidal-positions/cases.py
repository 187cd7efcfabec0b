import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)
    length, pairs = int(random.integers(20, 60)), int(random.integers(3, 20))
    return [
        {"name": "the first position", "args": [1, 6], "expect": np.float32([[0, 1, 0, 1, 0, 1]]), "visible": True},
        {"name": "two columns", "args": [4, 2], "visible": True},
        {"name": "three positions, four columns", "args": [3, 4], "visible": True},
        {"name": "some length, some width", "args": [length, 2 * pairs]},
        {"name": "wider than long", "args": [5, 64]},
        {"name": "as wide as long", "args": [16, 16]},
        {"name": "a long sequence", "args": [5000, 8]},
        {"name": "large, in time", "args": [2000, 128], "wall_s": 2.0},
    ]
