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


def enlarge(maps, size):
    height, width = size
    old_height, old_width = maps.shape[-2:]
    y = np.clip((np.arange(height) + 0.5) * old_height / height - 0.5, 0, old_height - 1)
    x = np.clip((np.arange(width) + 0.5) * old_width / width - 0.5, 0, old_width - 1)
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    bottom, right = np.minimum(top + 1, old_height - 1), np.minimum(left + 1, old_width - 1)
    down, across = (y - top)[:, None], x - left
    rows = maps[..., top, :] * (1 - down) + maps[..., bottom, :] * down
    return rows[..., left] * (1 - across) + rows[..., right] * across


def segment(patches, texts, grid, size):
    scores = patch_scores(patches[None], texts)[0]  # (M, P)
    return np.argmax(enlarge(scores.reshape(-1, *grid), size), axis=0)


def segment_or_nothing(patches, texts, grid, size, least):
    scores = patch_scores(patches[None], texts)[0]  # (M, P)
    maps = enlarge(scores.reshape(-1, *grid), size)
    return np.where(maps.max(axis=0) >= least, np.argmax(maps, axis=0), -1)
