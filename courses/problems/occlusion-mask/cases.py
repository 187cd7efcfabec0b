import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def quarters(numbers):
        # sums of quarters are exact: no pixel lies on the threshold by rounding
        return (np.rint(numbers * 4) / 4).astype(np.float32)

    def steady(height, width, u, v):
        return np.broadcast_to(np.float32([u, v]), (height, width, 2)).copy()

    def pair(height, width, reach, noise):
        y, x = np.mgrid[0:height, 0:width] / 7
        base = np.stack([np.sin(x + 2 * y), np.cos(2 * x - y)], -1) * reach
        return [quarters(base), quarters(-base + random.standard_normal(base.shape) * noise)]

    still = np.zeros((4, 5, 2), np.float32)
    leaves = np.zeros((4, 5), bool)
    leaves[:, -1] = True
    square, behind = steady(12, 16, 0, 0), steady(12, 16, 0, 0)
    square[3:7, 4:8] = (3, 0)
    behind[3:7, 7:11] = (-3, 0)
    return [
        {"name": "nothing moves", "args": [still, still.copy()], "expect": np.zeros((4, 5), bool), "visible": True},
        {
            "name": "all one pixel to the right",
            "args": [steady(4, 5, 1, 0), steady(4, 5, -1, 0)],
            "expect": leaves,
            "visible": True,
        },
        {"name": "a square over a still ground", "args": [square, behind], "visible": True},
        {"name": "two rows up", "args": [steady(6, 5, 0, -2), steady(6, 5, 0, 2)]},
        {"name": "a fast but consistent motion", "args": [steady(9, 30, 12, 0), steady(9, 30, -11.25, 0)]},
        {"name": "the way back misses by three quarters", "args": [steady(6, 8, 0.25, 0), steady(6, 8, 0.5, 0)]},
        {"name": "smooth flow, noisy way back", "args": pair(21, 33, 2.0, 0.5)},
        {"name": "strong flow, noisy way back", "args": pair(33, 21, 6.0, 0.8)},
        {
            "name": "unrelated flows",
            "args": [quarters(random.uniform(-3, 3, (17, 26, 2))), quarters(random.uniform(-3, 3, (17, 26, 2)))],
        },
        {
            "name": "everything leaves",
            "args": [steady(5, 6, 40, 40), steady(5, 6, -40, -40)],
            "expect": np.ones((5, 6), bool),
        },
        {
            "name": "a single row",
            "args": [
                quarters(random.uniform(-2, 2, (1, 20, 2)) * [1, 0]),
                quarters(random.uniform(-2, 2, (1, 20, 2)) * [1, 0]),
            ],
        },
        {"name": "a large flow, in time", "args": pair(240, 320, 4.0, 0.6), "wall_s": 3.0},
    ]
