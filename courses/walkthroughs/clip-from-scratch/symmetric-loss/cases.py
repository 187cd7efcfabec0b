import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def table(count, size):
        return random.normal(size=(count, count)) * size

    hub = table(6, 1.0)
    hub[:, 2] += 8
    return [
        {"name": "all scores equal", "args": [np.zeros((4, 4))], "visible": True},
        {"name": "a small table", "args": [np.array([[2.0, 0.0], [1.0, 3.0]])], "visible": True},
        {"name": "perfect pairs at scale one hundred", "args": [100 * np.eye(5)], "visible": True},
        {"name": "a larger batch", "args": [table(40, 3.0)]},
        {"name": "a caption that is near to everything", "args": [hub]},
        {"name": "an image that is near to everything", "args": [hub.T.copy()]},
        {"name": "scores of a thousand", "args": [table(7, 400.0)]},
        {"name": "one pair", "args": [table(1, 5.0)]},
        {"name": "one number added to all scores", "args": [table(9, 2.0) + 700.0]},
    ]
