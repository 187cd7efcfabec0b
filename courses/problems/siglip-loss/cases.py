import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def rows(count, width, scale=1.0):
        return (random.standard_normal((count, width)) * scale).astype(np.float32)

    near = rows(7, 16)
    axes = np.eye(4, dtype=np.float32)
    return [
        {
            "name": "one pair: ln 2",
            "args": [np.float32([[2, 0]]), np.float32([[5, 0]]), 10.0, -10.0],
            "expect": float(np.log(2)),
            "visible": True,
        },
        {"name": "three random pairs", "args": [rows(3, 4), rows(3, 4), 10.0, -10.0], "visible": True},
        {"name": "no bias", "args": [rows(4, 5), rows(4, 5), 2.0, 0.0], "visible": True},
        {"name": "orthogonal pairs, no scale", "args": [axes, axes, 0.0, 0.0], "expect": float(4 * np.log(2))},
        {"name": "pairs that nearly match", "args": [near, near + rows(7, 16) / 5, 20.0, -10.0]},
        {"name": "features of very different length", "args": [rows(6, 8, 50), rows(6, 8, 0.02), 5.0, -3.0]},
        {"name": "very large logits", "args": [rows(6, 8), rows(6, 8), 1000.0, -10.0]},
        {"name": "a very low bias", "args": [rows(6, 8), rows(6, 8), 10.0, -1000.0]},
        {"name": "a larger batch", "args": [rows(40, 12), rows(40, 12), 10.0, -10.0]},
        {"name": "more pairs than dimensions", "args": [rows(12, 2), rows(12, 2), 4.0, 1.0]},
    ]
