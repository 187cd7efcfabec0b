import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def flow(height, width, size=1.5):
        return random.normal(size=(height, width, 2)) * size

    def anything(height, width, t, channels=2):
        frames = [random.random((height, width, channels)) for _ in range(2)]
        return [*frames, *(flow(height, width) for _ in range(4)), t]

    def still(height, width, t, channels=1):
        frames = [random.random((height, width, channels)) for _ in range(2)]
        return [*frames, *(np.zeros((height, width, 2)) for _ in range(4)), t]

    def covered(height, width, t):  # a square of 4 by 4 moves 3 to the right over a resting ground
        frames = [random.random((height, width, 3)) for _ in range(2)]
        forward, backward = np.zeros((height, width, 2)), np.zeros((height, width, 2))
        forward[2:6, 1:5, 0], backward[2:6, 4:8, 0] = 3, -3
        return [*frames, forward, backward, -t * forward, (1 - t) * forward, t]

    return [
        {"name": "nothing moves", "args": still(2, 3, 0.25), "visible": True},
        {"name": "at the first frame", "args": anything(3, 4, 0.0), "visible": True},
        {"name": "a square over a resting ground", "args": covered(8, 10, 0.5), "visible": True},
        {"name": "at the second frame", "args": anything(4, 5, 1.0)},
        {"name": "any flows", "args": anything(9, 11, 0.4)},
        {"name": "a square, late", "args": covered(9, 12, 0.8)},
        {"name": "three channels", "args": anything(15, 12, 0.7, 3)},
        {"name": "one row", "args": anything(1, 14, 0.6)},
    ]
