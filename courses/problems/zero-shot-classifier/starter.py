import numpy as np


def classify(images, prompts, scale):
    # (N, D) and (K, D) -> labels (N,), probabilities (N, K)
    raise NotImplementedError
