import numpy as np


def classify(images, prompts, scale):
    images = images.astype(np.float64) / np.linalg.norm(images, axis=1, keepdims=True)
    prompts = prompts.astype(np.float64) / np.linalg.norm(prompts, axis=1, keepdims=True)
    logits = scale * (images @ prompts.T)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    labels = logits.argmax(axis=1)
    return labels, probabilities.astype(np.float32)
