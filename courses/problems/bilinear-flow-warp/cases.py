import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def image(height, width, channels=3):
        return random.random((height, width, channels), dtype=np.float32)

    def flow(height, width, reach):
        return random.uniform(-reach, reach, (height, width, 2)).astype(np.float32)

    def steady(height, width, u, v):
        return np.broadcast_to(np.float32([u, v]), (height, width, 2)).copy()

    ramp = np.linspace(0, 1, 6, dtype=np.float32)[None, :, None].repeat(4, 0)
    return [
        {"name": "half a pixel to the right on a ramp", "args": [ramp, steady(4, 6, 0.5, 0)], "visible": True},
        {"name": "no flow at all", "args": [image(5, 7), steady(5, 7, 0, 0)], "visible": True},
        {"name": "one whole pixel down", "args": [image(6, 9), steady(6, 9, 0, 1)], "visible": True},
        {"name": "a fraction of a pixel along both axes", "args": [image(12, 17), steady(12, 17, 0.3, -0.7)]},
        {"name": "a different flow at every pixel", "args": [image(37, 53), flow(37, 53, 3.0)]},
        {"name": "flow that points outside the frame", "args": [image(20, 31), flow(20, 31, 60.0)]},
        {"name": "flow that ends exactly on the border", "args": [image(9, 8), steady(9, 8, 7, 8)]},
        {"name": "one channel", "args": [image(15, 10, 1), flow(15, 10, 2.0)]},
        {"name": "a single row", "args": [image(1, 12), flow(1, 12, 2.0)]},
        {"name": "a single column", "args": [image(12, 1), flow(12, 1, 2.0)]},
        {"name": "a large image, in time", "args": [image(240, 320), flow(240, 320, 5.0)], "wall_s": 2.0},
    ]
