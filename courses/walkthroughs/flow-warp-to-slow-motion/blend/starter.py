import numpy as np


def blend(first, second, forward, backward, to_first, to_second, t):
    # -> (H, W, C), (H, W)
    raise NotImplementedError
