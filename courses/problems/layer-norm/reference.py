import numpy as np


def layer_norm(x, gain, bias, epsilon):
    x = x.astype(np.float64)
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.mean(centred**2, axis=-1, keepdims=True)
    standard = centred / np.sqrt(variance + epsilon)
    return (standard * gain + bias).astype(np.float32)
