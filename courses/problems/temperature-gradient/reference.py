import numpy as np


def temperature_gradient(similarity, temperature):
    similarity = similarity.astype(np.float64)
    largest = similarity.max(axis=1, keepdims=True)
    powers = np.exp((similarity - largest) / temperature)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    expected = (probabilities * similarity).sum(axis=1)
    surplus = np.diag(similarity) - expected
    return float(np.mean(surplus) / temperature**2)
