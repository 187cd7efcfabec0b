import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def numbers(*shape, scale=3.0):
        return (random.standard_normal(shape) * scale).astype(np.float32)

    masked = numbers(5, 6)
    masked[random.random((5, 6)) < 0.4] = -np.inf
    masked[:, 0] = 1.5
    blind = masked.copy()
    blind[3] = -np.inf
    small = numbers(3, 4)
    return [
        {
            "name": "a quarter and three",
            "args": [np.float32([0, np.log(3)]), 0],
            "expect": np.float32([0.25, 0.75]),
            "visible": True,
        },
        {"name": "along rows", "args": [small, 1], "visible": True},
        {"name": "along columns", "args": [small, 0], "visible": True},
        {"name": "the last of three axes", "args": [numbers(2, 3, 4), -1]},
        {"name": "the middle of three axes", "args": [numbers(4, 3, 5), 1]},
        {"name": "very large entries", "args": [numbers(4, 5, scale=1e5), 1]},
        {"name": "all entries very small", "args": [numbers(4, 5) - 1e5, 1]},
        {"name": "rows of very different height", "args": [numbers(3, 5) + np.float32([[500], [0], [-500]]), 1]},
        {"name": "some places masked", "args": [masked, 1]},
        {"name": "a slice that is masked whole", "args": [blind, 1]},
        {"name": "one entry", "args": [np.float32([[7.0]]), 1], "expect": np.float32([[1.0]])},
    ]
