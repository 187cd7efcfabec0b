import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def rows(count, width, scale=1.0):
        return (random.standard_normal((count, width)) * scale).astype(np.float32)

    def case(name, queries, keys, width, values, mask=None, scale=1.0, **more):
        mask = np.ones((queries, keys), bool) if mask is None else mask
        return {
            "name": name,
            "args": [rows(queries, width, scale), rows(keys, width), rows(keys, values), mask],
            **more,
        }

    some = random.random((6, 5)) > 0.4
    some[:, 0] = True
    blind = some.copy()
    blind[2] = False
    causal = np.tril(np.ones((7, 7), bool))
    equal = [np.float32([[0]]), np.float32([[1], [2]]), np.float32([[4], [8]]), np.ones((1, 2), bool)]
    return [
        {"name": "equal scores", "args": equal, "expect": np.float32([[6]]), "visible": True},
        case("two queries, three keys", 2, 3, 4, 2, visible=True),
        case("causal mask", 7, 7, 4, 3, causal, visible=True),
        case("some keys masked", 6, 5, 8, 4, some),
        case("a query that sees nothing", 6, 5, 8, 4, blind),
        case("large scores", 5, 6, 16, 3, scale=2000.0),
        case("large scores and a mask", 6, 5, 16, 3, some, scale=2000.0),
        case("as many queries as keys", 5, 5, 3, 5),
        case("one key", 4, 1, 3, 2),
        case("wide keys", 9, 12, 64, 10),
    ]
