import numpy as np


def splat(image, flow):
    height, width, channels = image.shape
    rows, columns = np.mgrid[0:height, 0:width]
    x = columns + flow[..., 0].astype(np.float64)
    y = rows + flow[..., 1].astype(np.float64)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    total = np.zeros((height, width, channels))
    weight = np.zeros((height, width))
    for down in (0, 1):
        for right in (0, 1):
            column, row = left + right, top + down
            share = (1 - np.abs(x - column)) * (1 - np.abs(y - row))
            inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            places = row[inside], column[inside]
            np.add.at(weight, places, share[inside])
            np.add.at(total, places, share[inside][:, None] * image[inside])
    weight[weight < 0.01] = 0
    filled = weight > 0
    result = np.zeros_like(total)
    result[filled] = total[filled] / weight[filled][:, None]
    return result.astype(np.float32), weight.astype(np.float32)
