import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def numbers(*shape):
        return random.standard_normal(shape).astype(np.float32)

    one = np.zeros((1, 1, 3, 3), np.float32)
    one[0, 0, 1, 1] = 1
    picture = numbers(1, 6, 7)
    return [
        {
            "name": "a difference",
            "args": [np.float32([[[1, 2, 3]]]), np.float32([[[[1, -1]]]]), 1, 0],
            "expect": np.float32([[[-1, -1]]]),
            "visible": True,
        },
        {"name": "a kernel that copies", "args": [picture, one, 1, 1], "expect": picture, "visible": True},
        {"name": "two channels, one kernel", "args": [numbers(2, 4, 5), numbers(1, 2, 2, 2), 1, 0], "visible": True},
        {"name": "several kernels", "args": [numbers(3, 8, 9), numbers(4, 3, 3, 3), 1, 0]},
        {"name": "padding", "args": [numbers(2, 7, 6), numbers(3, 2, 3, 3), 1, 1]},
        {"name": "stride two", "args": [numbers(2, 9, 11), numbers(3, 2, 3, 3), 2, 0]},
        {"name": "a stride that does not fit", "args": [numbers(2, 10, 8), numbers(2, 2, 3, 3), 3, 1]},
        {"name": "a kernel that is no square", "args": [numbers(2, 9, 12), numbers(3, 2, 2, 5), 1, 2]},
        {"name": "a kernel as large as the image", "args": [numbers(3, 4, 5), numbers(2, 3, 4, 5), 1, 0]},
        {"name": "kernels of one pixel", "args": [numbers(4, 5, 6), numbers(3, 4, 1, 1), 1, 0]},
        {"name": "a layer, in time", "args": [numbers(16, 96, 96), numbers(32, 16, 3, 3), 1, 1], "wall_s": 2.0},
    ]
