import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def numbers(*shape, scale=1.0):
        return (random.standard_normal(shape) * scale).astype(np.float32)

    axes = np.eye(3, dtype=np.float32)
    twins = np.float32([[0, 1, 0], [5, 0, 0], [0, 1, 0], [0, 0, 2], [0, 1, 0]])
    lengths = np.float32([[0.1], [20], [3], [0.5], [7]])
    return [
        {
            "name": "from one axis to another",
            "args": [axes[0], axes[1] * 2, axes[0] * 3, axes, 1.0],
            "expect": (np.array([1, 0, 2]), np.float32([0, 1, 0])),
            "visible": True,
        },
        {
            "name": "a gallery of four",
            "args": [numbers(3), numbers(3), numbers(3), numbers(4, 3), 1.0],
            "visible": True,
        },
        {
            "name": "half of the change",
            "args": [numbers(4), numbers(4), numbers(4), numbers(3, 4), 0.5],
            "visible": True,
        },
        {
            "name": "texts of different length",
            "args": [numbers(6, scale=9), numbers(6), numbers(6), numbers(8, 6), 1.0],
        },
        {"name": "a long query", "args": [numbers(6), numbers(6), numbers(6, scale=30), numbers(8, 6), 1.0]},
        {
            "name": "gallery rows of different length",
            "args": [numbers(6), numbers(6), numbers(6), numbers(5, 6) * lengths, 1.0],
        },
        {"name": "no strength: the query itself", "args": [numbers(6), numbers(6), numbers(6), numbers(8, 6), 0.0]},
        {"name": "against the change", "args": [numbers(6), numbers(6), numbers(6), numbers(8, 6), -1.5]},
        {
            "name": "equal rows of the gallery",
            "args": [axes[0], axes[1], axes[0], twins, 1.0],
            "expect": (np.array([0, 2, 4, 1, 3]), np.float32([1, 0, 1, 0, 1])),
            "check": True,
        },
        {"name": "a large gallery", "args": [numbers(16), numbers(16), numbers(16), numbers(300, 16), 2.0]},
    ]


def check(name, args, got):
    if not (isinstance(got, tuple) and len(got) == 2):
        return "result has the wrong form: two arrays are expected"
    order, similarities = got
    if order.shape != (5,) or similarities.shape != (5,):
        return "result has the wrong shape"
    if list(order) != [0, 2, 4, 1, 3]:
        return "equal rows are not in rising order of index"
    return "" if np.allclose(similarities, [1, 0, 1, 0, 1], atol=1e-5) else "similarities are off"
