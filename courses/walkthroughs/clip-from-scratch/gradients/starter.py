import numpy as np


def gradients(image_features, text_features, image_weight, text_weight, log_scale):
    # -> (F, D), (G, D), a float
    raise NotImplementedError
