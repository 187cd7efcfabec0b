import numpy as np


def occluded(forward, backward):
    # (H, W, 2) and (H, W, 2) -> (H, W)
    raise NotImplementedError
