import numpy as np


def train(image_features, text_features, image_weight, text_weight, log_scale, rate, rounds):
    # -> (F, D), (G, D), a float, a list of floats
    raise NotImplementedError
