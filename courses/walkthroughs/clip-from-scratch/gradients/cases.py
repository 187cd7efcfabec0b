import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def batch(count, images, texts, width, log_scale, size=1.0):
        normal = random.normal
        features = [normal(size=(count, images)) * size, normal(size=(count, texts))]
        return [*features, normal(size=(images, width)), normal(size=(texts, width)) / size, log_scale]

    return [
        {"name": "two pairs in two dimensions", "args": batch(2, 2, 2, 2, 0.0), "visible": True},
        {"name": "four pairs", "args": batch(4, 3, 5, 4, 1.0), "visible": True},
        {"name": "the scale at its limit", "args": batch(3, 4, 4, 3, 5.5), "visible": True},
        {"name": "a larger batch", "args": batch(24, 10, 7, 6, 2.66)},
        {"name": "long raw rows of images, long weights of texts", "args": batch(6, 5, 5, 4, 1.5, 30.0)},
        {"name": "a scale below one", "args": batch(5, 4, 6, 3, -1.0)},
        {"name": "more pairs than features", "args": batch(12, 2, 3, 5, 2.0)},
        {"name": "one pair teaches nothing", "args": batch(1, 3, 3, 3, 1.0)},
    ]
