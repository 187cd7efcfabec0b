import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def table(count, pull=0.3):
        return np.clip(random.uniform(-1, 1, (count, count)) * 0.7 + pull * np.eye(count), -1, 1).astype(np.float32)

    two = np.eye(2, dtype=np.float32)
    return [
        {"name": "two pairs", "args": [two, 1.0], "expect": float(1 / (1 + np.e)), "visible": True},
        {"name": "three pairs, t = 0.5", "args": [table(3), 0.5], "visible": True},
        {
            "name": "all equal: nothing changes",
            "args": [np.full((4, 4), 0.3, np.float32), 0.07],
            "expect": 0.0,
            "visible": True,
        },
        {"name": "the usual temperature", "args": [table(12), 0.07]},
        {"name": "a warm softmax", "args": [table(9), 5.0]},
        {"name": "a very cold softmax", "args": [table(10), 0.0005]},
        {"name": "right pairs are the worst", "args": [table(7, -1.0), 0.2]},
        {"name": "right pairs are the best", "args": [table(7, 2.0), 0.2]},
        {"name": "one pair", "args": [table(1), 0.1], "expect": 0.0},
        {"name": "a larger batch", "args": [table(64), 0.3]},
    ]
