import numpy as np


def visible(forward, backward):
    # two flows (H, W, 2) -> (H, W) of 0.0 and 1.0
    raise NotImplementedError
