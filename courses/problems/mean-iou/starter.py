import numpy as np


def mean_iou(predicted, true, classes, ignore):
    # (H, W) and (H, W) -> a number
    raise NotImplementedError
