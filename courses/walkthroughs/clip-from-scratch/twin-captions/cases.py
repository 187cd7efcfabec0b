import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def batch(words, size=3.0):
        return [random.normal(size=(len(words), len(words))) * size, list(words)]

    drawn = [str(word) for word in random.choice(["dog", "cat", "car", "sea"], 16)]
    return [
        {"name": "no twins", "args": batch(["a", "b", "c"]), "visible": True},
        {"name": "two dogs", "args": batch(["dog", "cat", "dog"]), "visible": True},
        {"name": "everyone the same", "args": batch(["sea"] * 4), "visible": True},
        {"name": "many of few", "args": batch(drawn)},
        {"name": "capitals differ", "args": batch(["Dog", "dog", "DOG", "dog"])},
        {"name": "large scores", "args": batch(drawn, 300.0)},
        {"name": "one pair", "args": batch(["x"])},
        {"name": "twins far apart", "args": batch(["a", *map(str, range(20)), "a"])},
    ]
