import numpy as np


def class_weights(prompts):
    # (K, T, D) -> (K, D)
    raise NotImplementedError
