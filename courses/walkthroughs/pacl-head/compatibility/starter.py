import numpy as np


def compatibility(patches, texts, sharpness):
    # (N, P, D) and (M, D) -> (N, M)
    raise NotImplementedError
