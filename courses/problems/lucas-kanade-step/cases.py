import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)
    phases = random.uniform(0, 6, (4, 3))

    def frame(height, width, u=0.0, v=0.0):
        y, x = np.mgrid[0:height, 0:width].astype(float)
        x, y = x - u, y - v
        waves = [np.sin(x / (3 + a) + y / (4 + b) * (-1) ** n + c) for n, (a, b, c) in enumerate(phases)]
        return (0.5 + np.sum(waves, axis=0) / 10).astype(np.float32)

    def move(height, width, u, v, x, y, radius):
        return [frame(height, width), frame(height, width, u, v), x, y, radius]

    def noise(height, width):
        return random.random((height, width)).astype(np.float32)

    flat = np.full((12, 14), 0.5, np.float32)
    stripes = np.broadcast_to(np.linspace(0, 1, 14, dtype=np.float32), (12, 14)).copy()
    zeros = np.zeros(2, np.float32)
    return [
        {"name": "a quarter of a pixel to the right", "args": move(20, 26, 0.25, 0, 12, 9, 5), "visible": True},
        {"name": "a third of a pixel down", "args": move(20, 26, 0, 0.33, 12, 9, 5), "visible": True},
        {"name": "no contrast", "args": [flat, flat * 0.9, 6, 6, 3], "expect": zeros, "visible": True},
        {"name": "stripes: the aperture problem", "args": [stripes, stripes * 0.98, 6, 6, 3], "expect": zeros},
        {"name": "no motion", "args": move(20, 26, 0, 0, 12, 9, 5), "expect": zeros},
        {"name": "both directions at once", "args": move(31, 23, 0.4, -0.3, 9, 17, 4)},
        {"name": "unrelated frames", "args": [noise(16, 21), noise(16, 21), 13, 6, 3]},
        {"name": "the smallest window", "args": [noise(16, 21), noise(16, 21), 4, 9, 1]},
        {"name": "a window near the border", "args": [noise(15, 18), noise(15, 18), 3, 3, 2]},
        {"name": "brighter all over", "args": [noise(15, 18) / 2, noise(15, 18) / 2 + 0.5, 9, 8, 4]},
    ]
