import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def clip(count, height, width, moments, channels=1):
        flows = [random.normal(size=(count - 1, height, width, 2)) for _ in range(2)]
        return [random.random((count, height, width, channels)), *flows, moments]

    drawn = [float(m) for m in random.uniform(0, 4, 9)]
    return [
        {"name": "whole moments", "args": clip(3, 2, 3, [0.0, 2.0, 1.0]), "visible": True},
        {"name": "the middle of each gap", "args": clip(3, 3, 3, [0.5, 1.5]), "visible": True},
        {"name": "backwards", "args": clip(4, 5, 6, [3.0, 2.25, 1.5, 0.75, 0.0])},
        {"name": "beyond both ends", "args": clip(3, 4, 4, [-1.5, 2.75, -0.25, 9.0])},
        {"name": "any moments", "args": clip(5, 7, 6, drawn, 3)},
        {"name": "two frames", "args": clip(2, 6, 5, [0.1, 0.2, 0.9])},
        {"name": "one moment", "args": clip(6, 4, 5, [4.4])},
    ]
