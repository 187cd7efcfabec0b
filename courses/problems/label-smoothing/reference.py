import numpy as np


def smoothed_cross_entropy(logits, labels, smoothing):
    count, classes = logits.shape
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    log_probabilities = shifted - log_total
    targets = np.full((count, classes), smoothing / classes)
    targets[np.arange(count), labels] += 1 - smoothing
    losses = -(targets * log_probabilities).sum(axis=1)
    return float(losses.mean())
