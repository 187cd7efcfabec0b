import numpy as np


def encode(features, weight):
    raw = features @ weight  # (N, D)
    lengths = np.linalg.norm(raw, axis=1, keepdims=True)  # (N, 1)
    return raw / np.maximum(lengths, 1e-12)


def score_table(images, texts, log_scale):
    scale = np.exp(min(log_scale, np.log(100.0)))
    return scale * images @ texts.T


def log_softmax(table, axis):
    shifted = table - table.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def clip_loss(table):
    by_image = np.diag(log_softmax(table, 1))  # (N,)
    by_text = np.diag(log_softmax(table, 0))  # (N,)
    return float(-(by_image.mean() + by_text.mean()) / 2)


def table_gradient(table):
    own = np.eye(len(table))
    by_image = np.exp(log_softmax(table, 1)) - own
    by_text = np.exp(log_softmax(table, 0)) - own
    return (by_image + by_text) / (2 * len(table))


def back_to_weight(features, weight, unit, d_unit):
    lengths = np.maximum(np.linalg.norm(features @ weight, axis=1, keepdims=True), 1e-12)  # (N, 1)
    outwards = np.sum(d_unit * unit, axis=1, keepdims=True) * unit  # (N, D)
    return features.T @ ((d_unit - outwards) / lengths)


def gradients(image_features, text_features, image_weight, text_weight, log_scale):
    images, texts = encode(image_features, image_weight), encode(text_features, text_weight)
    table = score_table(images, texts, log_scale)
    d_table = table_gradient(table)
    limit = np.log(100.0)
    factor = np.exp(min(log_scale, limit))
    d_images = factor * d_table @ texts  # (N, D)
    d_texts = factor * d_table.T @ images  # (N, D)
    d_log_scale = float(np.sum(d_table * table)) if log_scale < limit else 0.0
    return (
        back_to_weight(image_features, image_weight, images, d_images),
        back_to_weight(text_features, text_weight, texts, d_texts),
        d_log_scale,
    )
