import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def table(count, pull=1.0):
        numbers = random.standard_normal((count, count)) + pull * np.eye(count)
        return (numbers + random.standard_normal((1, count))).astype(np.float32)

    ties = random.integers(0, 3, (14, 14)).astype(np.float32)
    return [
        {"name": "two pairs", "args": [np.float32([[0.9, 0.1], [0.8, 0.3]]), 1], "expect": (0.5, 1.0), "visible": True},
        {"name": "four pairs, the first place", "args": [table(4), 1], "visible": True},
        {"name": "six pairs, three places", "args": [table(6), 3], "visible": True},
        {"name": "all equal, the first place", "args": [np.ones((5, 5), np.float32), 1], "expect": (0.0, 0.0)},
        {"name": "all equal, as many places as pairs", "args": [np.ones((5, 5), np.float32), 5], "expect": (1.0, 1.0)},
        {"name": "perfect", "args": [np.eye(6, dtype=np.float32), 1], "expect": (1.0, 1.0)},
        {"name": "many ties, three places", "args": [ties, 3]},
        {"name": "many ties, six places", "args": [ties, 6]},
        {"name": "forty pairs, five places", "args": [table(40, 2.0), 5]},
        {"name": "forty-one pairs, the first place", "args": [table(41, 3.0), 1]},
        {"name": "more places than pairs", "args": [table(3), 10], "expect": (1.0, 1.0)},
        {"name": "negative similarities", "args": [table(30) - 20, 4]},
        {"name": "one pair", "args": [table(1), 1], "expect": (1.0, 1.0)},
        {"name": "many pairs, in time", "args": [table(1000, 3.0), 10], "wall_s": 2.0},
    ]
