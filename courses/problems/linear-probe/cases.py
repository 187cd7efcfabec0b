import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def features(count, width, shift=0.0):
        return (random.standard_normal((count, width)) + shift).astype(np.float32)

    def labels(count, classes):
        return random.integers(0, classes, count)

    return [
        {
            "name": "two points on a line",
            "args": [np.float32([[-1], [1]]), np.array([0, 1]), 2, 2.0],
            "expect": (np.array([[-0.25, 0.25]]), np.array([0.5, 0.5])),
            "visible": True,
        },
        {"name": "ten points, three classes", "args": [features(10, 2), labels(10, 3), 3, 1.0], "visible": True},
        {"name": "features far from zero", "args": [features(12, 3, 4.0), labels(12, 2), 2, 0.5], "visible": True},
        {"name": "a weak ridge", "args": [features(40, 6), labels(40, 4), 4, 1e-3]},
        {"name": "a strong ridge: the bias stays", "args": [features(40, 6, 1.0), labels(40, 4), 4, 1e4]},
        {"name": "more features than points", "args": [features(5, 9), labels(5, 3), 3, 0.7]},
        {"name": "a class without points", "args": [features(20, 4), labels(20, 2), 5, 1.0]},
        {"name": "one class only", "args": [features(8, 3), np.zeros(8, int), 1, 1.0]},
        {"name": "two equal features", "args": [np.repeat(features(15, 1), 2, axis=1), labels(15, 2), 2, 0.3]},
    ]
