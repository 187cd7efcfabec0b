import numpy as np


def encode(features, weight):
    raw = features @ weight  # (N, D)
    lengths = np.linalg.norm(raw, axis=1, keepdims=True)  # (N, 1)
    return raw / np.maximum(lengths, 1e-12)


def score_table(images, texts, log_scale):
    scale = np.exp(min(log_scale, np.log(100.0)))
    return scale * images @ texts.T


def log_softmax(table, axis):
    shifted = table - table.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def clip_loss(table):
    by_image = np.diag(log_softmax(table, 1))  # (N,)
    by_text = np.diag(log_softmax(table, 0))  # (N,)
    return float(-(by_image.mean() + by_text.mean()) / 2)
