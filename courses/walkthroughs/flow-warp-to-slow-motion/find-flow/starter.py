import numpy as np


def find_flow(first, second, reach):
    # -> (H, W, 2)
    raise NotImplementedError
