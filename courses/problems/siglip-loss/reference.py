import numpy as np


def siglip_loss(image, text, scale, bias):
    cosines = unit(image) @ unit(text).T
    logits = scale * cosines + bias
    labels = 2 * np.eye(len(logits)) - 1
    losses = np.logaddexp(0, -labels * logits)
    return float(losses.sum() / len(logits))


def unit(rows):
    rows = rows.astype(np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
