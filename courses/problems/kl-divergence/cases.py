import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def rows(count, classes, zeros=0.0, sharpness=1.0):
        powers = random.random((count, classes)) ** sharpness + 1e-3
        powers[random.random((count, classes)) < zeros] = 0
        powers[:, 0] += 0.1
        return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)

    one, half = np.float32([[1, 0]]), np.float32([[0.5, 0.5]])
    same = rows(4, 5, 0.3)
    return [
        {"name": "certain against a coin", "args": [one, half], "expect": np.float32([np.log(2)]), "visible": True},
        {"name": "three rows", "args": [rows(3, 4), rows(3, 4)], "visible": True},
        {"name": "impossible under the second", "args": [half, one], "expect": np.float32([np.inf]), "visible": True},
        {"name": "equal distributions", "args": [same, same.copy()], "expect": np.zeros(4, np.float32)},
        {"name": "zeros in the first", "args": [rows(6, 8, 0.5), rows(6, 8)]},
        {"name": "zeros in both", "args": [rows(9, 6, 0.5), rows(9, 6, 0.5)]},
        {"name": "sharp distributions", "args": [rows(5, 20, 0, 8.0), rows(5, 20, 0, 8.0)]},
        {"name": "tiny probabilities", "args": [np.float32([[0.99, 0.01]]), np.float32([[1, 1e-30]])]},
        {"name": "many classes", "args": [rows(3, 500), rows(3, 500)]},
        {
            "name": "one class",
            "args": [np.ones((3, 1), "f4"), np.ones((3, 1), "f4")],
            "expect": np.zeros(3, np.float32),
        },
    ]
