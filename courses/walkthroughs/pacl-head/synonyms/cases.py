import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def picture(grid, size, counts, width=6):
        patches = random.normal(size=(grid[0] * grid[1], width))
        words = [random.normal(size=(count, width)) * 4 for count in counts]
        return [patches / np.linalg.norm(patches, axis=1, keepdims=True), words, grid, size]

    return [
        {"name": "one word each", "args": picture((2, 2), (4, 4), [1, 1]), "visible": True},
        {"name": "two words and one", "args": picture((3, 3), (6, 6), [2, 1]), "visible": True},
        {"name": "many words", "args": picture((6, 5), (30, 25), [4, 7, 2, 5])},
        {"name": "one class", "args": picture((3, 4), (6, 8), [3])},
        {"name": "as large as the grid", "args": picture((8, 8), (8, 8), [3, 3, 3])},
        {"name": "an uneven factor", "args": picture((5, 3), (17, 19), [1, 6])},
        {"name": "one row", "args": picture((1, 12), (6, 48), [2, 2, 2])},
    ]
