import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def head(pictures, patches, f, k, d):
        normal = random.normal
        return [normal(size=(pictures, 1 + patches, f)), normal(size=(f, d)), normal(size=(f, k)), normal(size=(k, d))]

    straight = head(2, 3, 2, 2, 2)
    straight[3] = np.zeros((2, 2))
    empty = head(2, 4, 3, 4, 3)
    empty[0][1, 2] = 0
    return [
        {"name": "the straight path alone", "args": straight, "visible": True},
        {"name": "one picture, two patches", "args": head(1, 2, 3, 2, 2), "visible": True},
        {"name": "a patch of zeros", "args": empty, "visible": True},
        {"name": "many patches", "args": head(3, 49, 8, 16, 6)},
        {"name": "one patch", "args": head(5, 1, 4, 3, 7)},
        {"name": "a wide hidden layer", "args": head(2, 9, 5, 64, 4)},
        {"name": "as many pictures as patches", "args": head(4, 4, 4, 4, 4)},
    ]
