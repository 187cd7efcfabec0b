import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def steady(height, width, u, v):
        return np.broadcast_to(np.array([u, v], float), (height, width, 2)).copy()

    def noise(height, width, size):
        return random.normal(size=(height, width, 2)) * size

    def square(size, at, step):  # a square that moves to the right over a resting ground
        forward, backward = np.zeros((size, size, 2)), np.zeros((size, size, 2))
        forward[at : at + 4, at : at + 4, 0] = step
        backward[at : at + 4, at + step : at + step + 4, 0] = -step
        return [forward, backward]

    return [
        {"name": "nothing moves", "args": [steady(3, 4, 0, 0), steady(3, 4, 0, 0)], "visible": True},
        {"name": "all moves to the right, one column leaves", "args": [steady(3, 5, 1, 0), steady(3, 5, -1, 0)], "visible": True},
        {"name": "a square over a resting ground", "args": square(9, 2, 3), "visible": True},
        {"name": "the flows contradict each other", "args": [steady(4, 6, 0, 1), steady(4, 6, 0, 1)]},
        {"name": "a small error on a long way", "args": [steady(6, 40, 20.0, 0), steady(6, 40, -18.0, 0)]},
        {"name": "the same error on a short way", "args": [steady(6, 40, 2.0, 0), steady(6, 40, 0.0, 0)]},
        {"name": "random flows", "args": [noise(15, 18, 2.0), noise(15, 18, 2.0)]},
        {"name": "up and out of the frame", "args": [steady(6, 5, 0, -1.5), steady(6, 5, 0, 1.5)]},
        {"name": "two squares' worth of random error", "args": [a + noise(16, 16, 0.4) for a in square(16, 5, 4)]},
    ]
