import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def numbers(*shape, scale=1.0, shift=0.0):
        return (random.standard_normal(shape) * scale + shift).astype(np.float32)

    def plain(width):
        return np.ones(width, np.float32), np.zeros(width, np.float32)

    return [
        {
            "name": "two features",
            "args": [np.float32([[[1, 3]]]), *plain(2), 1e-9],
            "expect": np.float32([[[-1, 1]]]),
            "visible": True,
        },
        {"name": "two tokens, no gain", "args": [numbers(1, 2, 4), *plain(4), 1e-5], "visible": True},
        {"name": "gain and bias", "args": [numbers(1, 3, 3), numbers(3), numbers(3), 1e-5], "visible": True},
        {"name": "a batch", "args": [numbers(4, 5, 8, scale=3, shift=2), numbers(8), numbers(8), 1e-5]},
        {"name": "as many tokens as features", "args": [numbers(6, 6, 6), numbers(6), numbers(6), 1e-5]},
        {"name": "a large epsilon", "args": [numbers(2, 3, 5), numbers(5), numbers(5), 0.5]},
        {"name": "features around one thousand", "args": [numbers(2, 3, 16, shift=1000.0), *plain(16), 1e-5]},
        {
            "name": "equal features",
            "args": [np.full((2, 2, 4), 3.0, np.float32), numbers(4), np.ones(4, np.float32), 1e-5],
            "expect": np.ones((2, 2, 4), np.float32),
        },
        {
            "name": "one feature",
            "args": [numbers(3, 2, 1), np.float32([5]), np.float32([0.25]), 1e-5],
            "expect": np.full((3, 2, 1), 0.25, np.float32),
        },
        {
            "name": "tokens of very different size",
            "args": [numbers(1, 3, 9) * np.float32([[[0.01], [1], [100]]]), numbers(9), numbers(9), 1e-5],
        },
    ]
