import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def prompts(classes, templates, width):
        return random.standard_normal((classes, templates, width)).astype(np.float32)

    lengths = random.uniform(0.05, 20, (4, 6, 1)).astype(np.float32)
    one = prompts(3, 1, 5)
    same = np.repeat(one, 4, axis=1)
    return [
        {"name": "two axes", "args": [np.float32([[[2, 0], [0, 9]]])], "visible": True},
        {"name": "two classes, three prompts", "args": [prompts(2, 3, 4)], "visible": True},
        {"name": "prompts of different length", "args": [prompts(4, 6, 3) * lengths], "visible": True},
        {"name": "one prompt a class", "args": [one * 3]},
        {"name": "equal prompts", "args": [same]},
        {
            "name": "opposite prompts cancel",
            "args": [np.float32([[[1, 0], [-3, 0]], [[0, 2], [0, 2]]])],
            "expect": np.float32([[0, 0], [0, 1]]),
        },
        {"name": "many prompts", "args": [prompts(10, 80, 32)]},
        {"name": "as many classes as prompts", "args": [prompts(5, 5, 5) * 4]},
        {"name": "one class", "args": [prompts(1, 7, 6)]},
    ]
