import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def picture(grid, size, classes, least, width=5):
        patches = random.normal(size=(grid[0] * grid[1], width))
        return [patches / np.linalg.norm(patches, axis=1, keepdims=True), random.normal(size=(classes, width)) * 4, grid, size, least]

    exact = [np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[5.0, 0.0]]), (1, 2), (1, 2), 1.0]
    return [
        {"name": "exactly enough", "args": exact, "visible": True},
        {"name": "everything is enough", "args": picture((2, 2), (4, 4), 2, -1.0), "visible": True},
        {"name": "nothing is enough", "args": picture((2, 3), (4, 6), 3, 1.5), "visible": True},
        {"name": "some of it", "args": picture((5, 6), (20, 24), 3, 0.3)},
        {"name": "one class", "args": picture((4, 4), (16, 16), 1, 0.1)},
        {"name": "below zero", "args": picture((3, 5), (12, 15), 2, -0.2)},
        {"name": "many classes", "args": picture((6, 6), (30, 30), 15, 0.6)},
    ]
