import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def labels(height, width, classes):
        return random.integers(0, classes, (height, width))

    def near(true, classes, share):
        return np.where(random.random(true.shape) < share, labels(*true.shape, classes), true)

    truth = labels(6, 8, 3)
    holes = np.where(random.random((12, 15)) < 0.3, 255, labels(12, 15, 4))
    large = labels(256, 256, 20)
    uneven = np.where(random.random((20, 30)) < 0.95, 0, labels(20, 30, 5))
    return [
        {
            "name": "two pixels",
            "args": [np.array([[0, 1]]), np.array([[0, 0]]), 3, 255],
            "expect": 0.25,
            "visible": True,
        },
        {"name": "three classes", "args": [near(truth, 3, 0.5), truth, 3, 255], "visible": True},
        {"name": "some pixels ignored", "args": [labels(12, 15, 4), holes, 4, 255], "visible": True},
        {"name": "all right", "args": [truth.copy(), truth, 5, -1], "expect": 1.0},
        {"name": "all wrong", "args": [(truth + 1) % 3, truth, 3, -1], "expect": 0.0},
        {"name": "everything ignored", "args": [truth, np.full((6, 8), 255), 3, 255], "expect": 0.0},
        {"name": "a class that is only predicted", "args": [near(truth, 5, 0.6), truth, 5, 255]},
        {"name": "a class that is nowhere", "args": [near(truth, 3, 0.4), truth, 9, 255]},
        {"name": "ignored by minus one", "args": [labels(12, 15, 4), np.where(holes == 255, -1, holes), 4, -1]},
        {"name": "classes of very uneven size", "args": [near(uneven, 5, 0.1), uneven, 5, 255]},
        {"name": "a large image, in time", "args": [near(large, 20, 0.3), large, 20, 255], "wall_s": 1.0},
    ]
