import numpy as np


def lucas_kanade(first, second, x, y, radius):
    # (H, W), (H, W) and a window -> (2,)
    raise NotImplementedError
