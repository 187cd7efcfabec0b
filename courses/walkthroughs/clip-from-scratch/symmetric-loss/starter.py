import numpy as np


def clip_loss(table):
    # (N, N) -> a float
    raise NotImplementedError
