import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def unit(count, width):
        rows = random.normal(size=(count, width))
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    return [
        {"name": "scale one", "args": [np.eye(3), np.eye(3)[::-1].copy(), 0.0], "visible": True},
        {"name": "two images, three texts", "args": [unit(2, 4), unit(3, 4), 1.0], "visible": True},
        {"name": "a scale beyond one hundred", "args": [unit(3, 5), unit(3, 5), 6.0], "visible": True},
        {"name": "where CLIP starts", "args": [unit(8, 6), unit(8, 6), float(np.log(1 / 0.07))]},
        {"name": "exactly one hundred", "args": [unit(4, 3), unit(4, 3), float(np.log(100.0))]},
        {"name": "a scale below one", "args": [unit(5, 9), unit(5, 9), -2.5]},
        {"name": "one image, many texts", "args": [unit(1, 7), unit(20, 7), 2.0]},
        {"name": "a logarithm that would overflow", "args": [unit(3, 2), unit(3, 2), 1e4]},
    ]
