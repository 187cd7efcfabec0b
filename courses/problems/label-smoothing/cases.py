import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def logits(count, classes, scale=2.0):
        return (random.standard_normal((count, classes)) * scale).astype(np.float32)

    def labels(count, classes):
        return random.integers(0, classes, count)

    return [
        {
            "name": "equal logits: ln K",
            "args": [np.zeros((1, 4), np.float32), np.array([2]), 0.3],
            "expect": float(np.log(4)),
            "visible": True,
        },
        {"name": "no smoothing", "args": [logits(3, 4), labels(3, 4), 0.0], "visible": True},
        {"name": "a tenth", "args": [logits(5, 3), labels(5, 3), 0.1], "visible": True},
        {"name": "all of it: labels do not matter", "args": [logits(5, 3), labels(5, 3), 1.0]},
        {"name": "many classes", "args": [logits(8, 100), labels(8, 100), 0.2]},
        {"name": "very large logits", "args": [logits(6, 5, 1e4), labels(6, 5), 0.1]},
        {"name": "all logits far below zero", "args": [logits(6, 5) - 1000, labels(6, 5), 0.1]},
        {
            "name": "certain and right, no smoothing",
            "args": [np.eye(4, dtype=np.float32) * 800, np.arange(4), 0.0],
            "expect": 0.0,
        },
        {"name": "two classes", "args": [logits(7, 2), labels(7, 2), 0.4]},
        {"name": "one class", "args": [logits(3, 1), np.zeros(3, int), 0.5], "expect": 0.0},
    ]
