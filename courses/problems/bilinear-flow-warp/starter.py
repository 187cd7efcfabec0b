import numpy as np


def warp(image, flow):
    height, width = image.shape[:2]
    # where does each output pixel look?
    raise NotImplementedError
