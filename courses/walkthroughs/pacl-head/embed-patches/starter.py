import numpy as np


def embed_patches(tokens, straight, inwards, outwards):
    # (N, 1 + P, F) -> unit vectors (N, P, D)
    raise NotImplementedError
