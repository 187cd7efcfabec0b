import numpy as np


def segment(patches, texts, grid, size):
    # (P, D) and (M, D) -> (H, W) whole numbers
    raise NotImplementedError
