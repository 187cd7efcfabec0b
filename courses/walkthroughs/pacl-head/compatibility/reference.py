import numpy as np


def unit(vectors):
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(lengths, 1e-12)


def embed_patches(tokens, straight, inwards, outwards):
    patches = tokens[:, 1:]  # (N, P, F)
    bent = np.maximum(patches @ inwards, 0.0) @ outwards
    return unit(patches @ straight + bent)


def patch_scores(patches, texts):
    return np.einsum("npd,md->nmp", patches, unit(texts))


def patch_shares(scores, sharpness):
    sharp = sharpness * scores
    raised = np.exp(sharp - sharp.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def compatibility(patches, texts, sharpness):
    scores = patch_scores(patches, texts)
    return np.sum(patch_shares(scores, sharpness) * scores, axis=-1)
