import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def image(height, width, channels=3):
        return random.random((height, width, channels), dtype=np.float32)

    def flow(height, width, reach):
        # quarters of a pixel: no weight lies near the threshold by chance
        return (np.rint(random.uniform(-reach, reach, (height, width, 2)) * 4) / 4).astype(np.float32)

    def steady(height, width, u, v):
        return np.broadcast_to(np.float32([u, v]), (height, width, 2)).copy()

    pair = np.float32([[[0.2], [0.6]]])
    apart = np.zeros((1, 2, 2), np.float32)
    apart[0, 0, 0] = 0.5
    still = image(5, 7)
    colour = np.full((9, 12, 3), 0.25, np.float32)
    return [
        {
            "name": "half a pixel into its neighbour",
            "args": [pair, apart],
            "expect": (np.float32([[[0.2], [0.7 / 1.5]]]), np.float32([[0.5, 1.5]])),
            "visible": True,
        },
        {"name": "one whole pixel down", "args": [image(4, 5, 1), steady(4, 5, 0, 1)], "visible": True},
        {"name": "a quarter to the right", "args": [image(3, 6, 1), steady(3, 6, 0.25, 0)], "visible": True},
        {"name": "no flow", "args": [still, steady(5, 7, 0, 0)], "expect": (still, np.ones((5, 7), np.float32))},
        {"name": "everything leaves the frame", "args": [image(6, 6), steady(6, 6, 50, -50)]},
        {
            "name": "many pixels on one place",
            "args": [image(6, 8), -np.stack(np.mgrid[0:6, 0:8][::-1], -1).astype("f4")],
        },
        {"name": "a different flow at every pixel", "args": [image(21, 34), flow(21, 34, 4.0)]},
        {"name": "flow across the border", "args": [image(12, 9), flow(12, 9, 15.0)]},
        {"name": "a picture of one colour", "args": [colour, flow(9, 12, 2.0)]},
        {"name": "very small shares", "args": [image(5, 8), steady(5, 8, 0.995, 0)]},
        {"name": "one channel, one row", "args": [image(1, 12, 1), flow(1, 12, 2.0)]},
        {"name": "a large image, in time", "args": [image(240, 320), flow(240, 320, 5.0)], "wall_s": 3.0},
    ]
