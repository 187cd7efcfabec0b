import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def normal(*shape):
        return random.normal(size=shape)

    gap = normal(5, 4)
    gap[2] = 0
    return [
        {"name": "three, four, five", "args": [np.array([[3.0, 4.0]]), np.eye(2)], "visible": True},
        {"name": "two rows and a matrix", "args": [normal(2, 3), normal(3, 2)], "visible": True},
        {"name": "a row of zeros", "args": [gap, normal(4, 3)], "visible": True},
        {"name": "many rows", "args": [normal(50, 12), normal(12, 8)]},
        {"name": "very long and very short rows", "args": [normal(6, 5) * 10.0 ** np.arange(-6, 6, 2)[:, None], normal(5, 7)]},
        {"name": "as many rows as entries", "args": [normal(6, 6), normal(6, 6)]},
        {"name": "one row", "args": [normal(1, 9), normal(9, 4)]},
        {"name": "one dimension", "args": [normal(7, 3), normal(3, 1)]},
    ]
