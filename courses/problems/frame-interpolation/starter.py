import numpy as np


def between(first, second, flow, t):
    # two frames (H, W, C), flow (H, W, 2), time -> (H, W, C)
    raise NotImplementedError
