import numpy as np


def patch_scores(patches, texts):
    # (N, P, D) and (M, D) -> (N, M, P)
    raise NotImplementedError
