import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def start(count, images, texts, width, log_scale, rate, rounds):
        hidden = random.normal(size=(count, 3))  # what image and text have in common
        features = [hidden @ random.normal(size=(3, size)) for size in (images, texts)]
        weights = [random.normal(size=(size, width)) / size for size in (images, texts)]
        return [*features, *weights, log_scale, rate, rounds]

    return [
        {"name": "one round", "args": start(3, 2, 2, 2, 0.0, 0.1, 1), "visible": True},
        {"name": "no round at all", "args": start(3, 3, 3, 2, 1.0, 0.1, 0), "visible": True},
        {"name": "five rounds", "args": start(6, 5, 4, 3, 1.0, 0.05, 5), "visible": True},
        {"name": "twenty rounds", "args": start(10, 6, 5, 4, 1.0, 0.02, 20)},
        {"name": "the scale comes to its limit", "args": start(3, 8, 8, 6, 4.60, 0.3, 6)},
        {"name": "a scale that begins beyond its limit", "args": start(4, 4, 4, 3, 5.0, 0.01, 3)},
        {"name": "a small step", "args": start(7, 5, 5, 4, 2.0, 0.001, 10)},
        {"name": "one pair", "args": start(1, 3, 3, 2, 1.0, 0.1, 4)},
    ]
