import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def image(height, width, channels=3):
        return random.random((height, width, channels), dtype=np.float32)

    small = np.arange(1, 9, dtype=np.float32).reshape(2, 4, 1)
    return [
        {
            "name": "two patches side by side",
            "args": [small, 2],
            "expect": np.float32([[1, 2, 5, 6], [3, 4, 7, 8]]),
            "visible": True,
        },
        {"name": "two rows of two patches", "args": [image(4, 4, 2), 2], "visible": True},
        {"name": "columns left over", "args": [image(4, 7, 1), 2], "visible": True},
        {"name": "rows left over", "args": [image(8, 6), 3]},
        {"name": "rows and columns left over", "args": [image(11, 17), 4]},
        {"name": "one patch", "args": [image(5, 5), 5]},
        {"name": "patches of one pixel", "args": [image(3, 4), 1]},
        {"name": "higher than wide", "args": [image(32, 8), 8]},
        {"name": "one channel", "args": [image(9, 12, 1), 3]},
        {"name": "a large image, in time", "args": [image(512, 512, 1), 8], "wall_s": 1.0},
    ]
