import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def moved(height, width, u, v, reach):
        wide = random.random((height + 12, width + 12, 2))
        first = wide[6 : 6 + height, 6 : 6 + width].copy()
        second = wide[6 - v : 6 - v + height, 6 - u : 6 - u + width].copy()
        return [first, second, reach]

    unlike = [random.random((9, 10, 1)), random.random((9, 10, 1)), 2]
    return [
        {"name": "one pixel to the right", "args": moved(6, 8, 1, 0, 1), "visible": True},
        {"name": "a picture of one colour", "args": [np.full((5, 6, 1), 0.5), np.full((5, 6, 1), 0.5), 2], "visible": True},
        {"name": "two down, one left", "args": moved(14, 15, -1, 2, 3)},
        {"name": "further than the reach", "args": moved(10, 10, 4, 0, 2)},
        {"name": "nothing alike", "args": unlike},
        {"name": "no reach", "args": moved(5, 5, 0, 1, 0)},
        {"name": "no motion", "args": moved(9, 12, 0, 0, 3)},
        {"name": "sixty by eighty, in time", "args": moved(60, 80, -3, 2, 4), "wall_s": 8.0},
    ]
