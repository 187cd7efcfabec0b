import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def scores(*shape):
        return random.uniform(-1, 1, shape)

    return [
        {"name": "two, zero, minus one", "args": [np.array([[[2.0, 0.0, -1.0]]]), 1.0], "visible": True},
        {"name": "no sharpness", "args": [scores(2, 2, 4), 0.0], "visible": True},
        {"name": "very sharp", "args": [scores(2, 3, 4), 10000.0], "visible": True},
        {"name": "many patches", "args": [scores(3, 5, 196), 20.0]},
        {"name": "as many of everything", "args": [scores(4, 4, 4), 7.0]},
        {"name": "one patch", "args": [scores(3, 2, 1), 5.0]},
        {"name": "scores far below zero", "args": [scores(2, 2, 9) - 900.0, 10.0]},
    ]
