import numpy as np


def splat(image, flow):
    height, width = image.shape[:2]
    # where does each source pixel land?
    raise NotImplementedError
