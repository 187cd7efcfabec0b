import numpy as np


def edit_ranking(before, after, query, gallery, strength):
    change = unit(after) - unit(before)
    target = unit(unit(query) + strength * change)
    similarities = np.sum(unit(gallery) * target, axis=1)  # a matrix product may round equal rows differently
    order = np.argsort(-similarities, kind="stable")
    return order, similarities.astype(np.float32)


def unit(vectors):
    vectors = vectors.astype(np.float64)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
