import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def places(height, width, shape, beyond=0.0):
        return [random.uniform(-beyond, size - 1 + beyond, shape) for size in (width, height)]

    def image(height, width, channels=3):
        return random.random((height, width, channels))

    ramp = np.arange(5.0)[None, :, None].repeat(3, 0)
    rows, columns = np.mgrid[0:4, 0:6].astype(float)
    return [
        {"name": "a quarter of the way on a ramp", "args": [ramp, np.array([0.25, 3.5]), np.array([1.0, 0.5])], "visible": True},
        {"name": "on the pixels themselves", "args": [image(4, 6), columns, rows], "visible": True},
        {"name": "outside the frame", "args": [image(3, 4), np.array([-2.0, 9.0, 1.5]), np.array([1.0, -7.5, 40.0])], "visible": True},
        {"name": "many places", "args": [image(11, 17), *places(11, 17, (40,))]},
        {"name": "places in rows and columns", "args": [image(9, 8), *places(9, 8, (5, 7))]},
        {"name": "many places outside", "args": [image(12, 10), *places(12, 10, (60,), 15.0)]},
        {"name": "one row of pixels", "args": [image(1, 9), *places(1, 9, (20,), 2.0)]},
        {"name": "one column of pixels, one channel", "args": [image(9, 1, 1), *places(9, 1, (20,), 2.0)]},
        {"name": "on the last row and column", "args": [image(5, 6), np.full(4, 5.0), np.array([0.0, 1.5, 3.5, 4.0])]},
    ]
