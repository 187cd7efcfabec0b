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


def log_share(table, axis):
    shifted = table - table.max(axis=axis, keepdims=True)
    return np.diag(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


def pacl_loss(patches, texts, sharpness, scale):
    table = scale * compatibility(patches, texts, sharpness)
    return float(-(log_share(table, 1).mean() + log_share(table, 0).mean()) / 2)
