import numpy as np


def compatibility(patches, text, scale):
    # (H, W, D) and (D,) -> map (H, W), score
    raise NotImplementedError
