import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def frame(height, width, channels=3):
        return random.random((height, width, channels), dtype=np.float32)

    def flow(height, width, reach):
        return random.uniform(-reach, reach, (height, width, 2)).astype(np.float32)

    def steady(height, width, u, v):
        return np.broadcast_to(np.float32([u, v]), (height, width, 2)).copy()

    start, end = frame(6, 9), frame(6, 9)
    dot, moved, middle = np.zeros((3, 1, 7, 1), np.float32)
    dot[0, 1], moved[0, 5], middle[0, 3] = 1, 1, 1
    grey = np.full((8, 5, 3), 0.5, np.float32)
    return [
        {
            "name": "a dot half way",
            "args": [dot, moved, steady(1, 7, 4, 0), 0.5],
            "expect": middle,
            "visible": True,
        },
        {"name": "no motion, a quarter of the time", "args": [start, end, steady(6, 9, 0, 0), 0.25], "visible": True},
        {
            "name": "one row down, in the middle",
            "args": [frame(5, 4, 1), frame(5, 4, 1), steady(5, 4, 0, 2), 0.5],
            "visible": True,
        },
        {"name": "at the beginning", "args": [start, end, flow(6, 9, 5.0), 0.0], "expect": start},
        {"name": "at the end", "args": [start, end, flow(6, 9, 5.0), 1.0], "expect": end},
        {"name": "a third of the time", "args": [frame(17, 23), frame(17, 23), flow(17, 23, 3.0), 1 / 3]},
        {"name": "late in time", "args": [frame(23, 17), frame(23, 17), flow(23, 17, 3.0), 0.9]},
        {"name": "flow that leaves the frame", "args": [frame(11, 14), frame(11, 14), flow(11, 14, 50.0), 0.4]},
        {"name": "two grey frames", "args": [grey, grey.copy(), flow(8, 5, 4.0), 0.6], "expect": grey},
        {"name": "a single column", "args": [frame(12, 1), frame(12, 1), flow(12, 1, 2.0), 0.3]},
        {
            "name": "a large frame, in time",
            "args": [frame(240, 320), frame(240, 320), flow(240, 320, 5.0), 0.7],
            "wall_s": 3.0,
        },
    ]
