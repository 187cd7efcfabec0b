import numpy as np


def edit_ranking(before, after, query, gallery, strength):
    # (D,), (D,), (D,), (M, D) -> order (M,), similarities (M,)
    raise NotImplementedError
