import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def image(height, width, channels=3):
        return random.random((height, width, channels))

    def flow(height, width, reach):
        return random.uniform(-reach, reach, (height, width, 2))

    def steady(height, width, u, v):
        return np.broadcast_to(np.array([u, v], float), (height, width, 2)).copy()

    return [
        {"name": "no flow", "args": [image(3, 5), steady(3, 5, 0, 0)], "visible": True},
        {"name": "one column to the right", "args": [image(3, 5, 1), steady(3, 5, 1, 0)], "visible": True},
        {"name": "half a row up", "args": [image(4, 3, 1), steady(4, 3, 0, -0.5)], "visible": True},
        {"name": "a different arrow at every pixel", "args": [image(14, 19), flow(14, 19, 3.0)]},
        {"name": "arrows out of the frame", "args": [image(8, 13), flow(8, 13, 30.0)]},
        {"name": "one row", "args": [image(1, 11), flow(1, 11, 2.0)]},
        {"name": "four channels", "args": [image(6, 6, 4), flow(6, 6, 1.0)]},
        {"name": "a large picture, in time", "args": [image(120, 160), flow(120, 160, 4.0)], "wall_s": 3.0},
    ]
