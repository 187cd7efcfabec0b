import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def clip(height, width, factor, channels=2):
        frames = [random.random((height, width, channels)) for _ in range(2)]
        return [*frames, *(random.normal(size=(height, width, 2)) for _ in range(2)), factor]

    return [
        {"name": "twice as slow", "args": clip(3, 4, 2, 1), "visible": True},
        {"name": "as it was", "args": clip(3, 4, 1, 1), "visible": True},
        {"name": "three times as slow", "args": clip(6, 7, 3)},
        {"name": "eight times as slow", "args": clip(10, 12, 8)},
        {"name": "five times, three channels", "args": clip(7, 5, 5, 3)},
        {"name": "one row", "args": clip(1, 9, 4)},
        {"name": "ten times", "args": clip(8, 8, 10)},
    ]
