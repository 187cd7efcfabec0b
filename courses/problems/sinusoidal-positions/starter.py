import numpy as np


def positions(length, width):
    raise NotImplementedError
