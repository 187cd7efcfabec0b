import numpy as np


def positions(length, width):
    exponents = np.arange(0, width, 2) / width
    frequencies = 10000.0**-exponents
    angles = np.arange(length)[:, None] * frequencies
    result = np.empty((length, width), dtype=np.float32)
    result[:, 0::2] = np.sin(angles)
    result[:, 1::2] = np.cos(angles)
    return result
