import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def picture(grid, size, classes, width=6):
        patches = random.normal(size=(grid[0] * grid[1], width))
        return [patches / np.linalg.norm(patches, axis=1, keepdims=True), random.normal(size=(classes, width)) * 4, grid, size]

    halves = [np.array([[1.0, 0.0], [0.0, 1.0]]), np.eye(2), (1, 2), (2, 6)]
    twice = picture((3, 3), (9, 9), 2)
    twice[1] = twice[1][[0, 1, 0]]
    return [
        {"name": "left one class, right the other", "args": halves, "visible": True},
        {"name": "as large as the grid", "args": picture((3, 4), (3, 4), 3), "visible": True},
        {"name": "twice as large", "args": picture((2, 3), (4, 6), 2), "visible": True},
        {"name": "a class twice", "args": twice},
        {"name": "an uneven factor", "args": picture((5, 7), (23, 31), 4)},
        {"name": "one row of patches", "args": picture((1, 6), (8, 24), 3)},
        {"name": "taller than wide", "args": picture((8, 3), (40, 12), 5)},
        {"name": "one class", "args": picture((4, 4), (10, 10), 1)},
        {"name": "a large mask, in time", "args": picture((14, 14), (224, 224), 20, 32), "wall_s": 5.0},
    ]
