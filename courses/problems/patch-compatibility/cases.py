import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def numbers(*shape, scale=1.0):
        return (random.standard_normal(shape) * scale).astype(np.float32)

    pair = np.float32([[[2, 0], [0, 1]]])
    near = numbers(8)
    lengths = random.uniform(0.1, 9, (4, 5, 1)).astype(np.float32)
    return [
        {
            "name": "two patches, equal shares",
            "args": [pair, np.float32([3, 0]), 0.0],
            "expect": (np.float32([[1, 0]]), float(np.sqrt(0.5))),
            "visible": True,
        },
        {"name": "two rows of three patches", "args": [numbers(2, 3, 4), numbers(4), 5.0], "visible": True},
        {"name": "a sharp choice", "args": [numbers(3, 2, 4), numbers(4), 50.0], "visible": True},
        {"name": "patches of different length", "args": [numbers(4, 5, 6) * lengths, numbers(6), 4.0]},
        {"name": "a long text vector", "args": [numbers(4, 5, 6), numbers(6, scale=40), 4.0]},
        {"name": "scale one thousand", "args": [numbers(6, 4, 8) / 3 + near, near * 2, 1000.0]},
        {
            "name": "nothing fits: all similarities negative",
            "args": [np.abs(numbers(3, 3, 5)), -np.abs(numbers(5)), 900.0],
        },
        {"name": "as high as wide as deep", "args": [numbers(5, 5, 5), numbers(5), 3.0]},
        {"name": "one patch", "args": [numbers(1, 1, 7), numbers(7), 10.0]},
        {"name": "a large map", "args": [numbers(14, 14, 64), numbers(64), 10.0]},
    ]
