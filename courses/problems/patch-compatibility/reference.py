import numpy as np


def compatibility(patches, text, scale):
    patches, text = unit(patches.astype(np.float64)), unit(text.astype(np.float64))
    similar = patches @ text
    powers = np.exp(scale * (similar - similar.max()))
    shares = powers / powers.sum()
    pooled = np.sum(shares[..., None] * patches, axis=(0, 1))
    score = unit(pooled) @ text
    return similar.astype(np.float32), float(score)


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
