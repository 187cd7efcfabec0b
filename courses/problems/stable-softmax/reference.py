import numpy as np


def softmax(x, axis):
    largest = np.max(x, axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0.0)
    powers = np.exp(x - largest)
    total = powers.sum(axis=axis, keepdims=True)
    return (powers / np.where(total > 0, total, 1.0)).astype(np.float32)
