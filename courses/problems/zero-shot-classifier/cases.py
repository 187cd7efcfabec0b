import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def rows(count, width, scale=1.0):
        return (random.standard_normal((count, width)) * scale).astype(np.float32)

    lengths = np.float32([[0.1], [1], [30], [4]])
    return [
        {"name": "two axes", "args": [np.float32([[2, 0]]), np.float32([[0, 1], [5, 0]]), 1.0], "visible": True},
        {"name": "three images, two classes", "args": [rows(3, 4), rows(2, 4), 5.0], "visible": True},
        {"name": "scale one hundred", "args": [rows(4, 6), rows(5, 6), 100.0], "visible": True},
        {"name": "prompts of very different length", "args": [rows(8, 6), rows(4, 6) * lengths, 8.0]},
        {"name": "images of very different length", "args": [rows(4, 6) * lengths, rows(3, 6), 8.0]},
        {"name": "scale one thousand", "args": [rows(9, 5), rows(6, 5), 1000.0]},
        {"name": "a scale below one", "args": [rows(9, 5), rows(6, 5), 0.3]},
        {"name": "all similarities negative", "args": [np.abs(rows(5, 4)), -np.abs(rows(3, 4)), 300.0]},
        {"name": "one class", "args": [rows(3, 4), rows(1, 4), 10.0]},
        {
            "name": "equal classes: the first",
            "args": [np.float32([[1, 1]]), np.float32([[0, 1], [0, 2], [-1, 0]]), 2.0],
        },
    ]
