import numpy as np


def patches(image, size):
    height, width, channels = image.shape
    down, across = height // size, width // size
    whole = image[: down * size, : across * size]
    grid = whole.reshape(down, size, across, size, channels)
    ordered = grid.transpose(0, 2, 1, 3, 4)
    return ordered.reshape(down * across, size * size * channels).copy()
