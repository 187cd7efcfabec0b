import numpy as np


def softmax(x, axis):
    raise NotImplementedError
