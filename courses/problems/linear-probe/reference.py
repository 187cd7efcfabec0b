import numpy as np


def linear_probe(features, labels, classes, ridge):
    targets = np.eye(classes)[labels]
    ones = np.ones((len(features), 1))
    inputs = np.hstack([features.astype(np.float64), ones])
    penalty = ridge * np.eye(inputs.shape[1])
    penalty[-1, -1] = 0.0
    solution = np.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ targets)
    return solution[:-1], solution[-1]
