import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def rows(count, width, scale=1.0):
        return (random.standard_normal((count, width)) * scale).astype(np.float32)

    small = rows(4, 3)
    holes = rows(5, 6)
    holes[2] = 0
    axes = np.eye(4, dtype=np.float32)
    return [
        {
            "name": "a right triangle",
            "args": [np.float32([[3, 4]]), np.float32([[1, 0], [0, -2]])],
            "expect": np.float32([[0.6, -0.8]]),
            "visible": True,
        },
        {"name": "two rows by three", "args": [rows(2, 4), rows(3, 4)], "visible": True},
        {"name": "a row of zeros", "args": [holes, rows(3, 6)], "visible": True},
        {"name": "rows with themselves", "args": [small * 7, small * 7]},
        {"name": "orthogonal rows of different length", "args": [axes * 3, axes / 5], "expect": axes},
        {"name": "opposite rows", "args": [small[:1], -small[:1] * 9], "expect": np.float32([[-1]])},
        {"name": "both with a row of zeros", "args": [holes, holes[::-1].copy()]},
        {"name": "rows of very different length", "args": [rows(6, 8, 1e-3), rows(7, 8, 1e3)]},
        {"name": "very large values", "args": [rows(5, 7, 1e25), rows(4, 7, 1e25)]},
        {"name": "one dimension", "args": [rows(4, 1), rows(3, 1)]},
        {"name": "many pairs, in time", "args": [rows(600, 64), rows(600, 64)], "wall_s": 2.0},
    ]
