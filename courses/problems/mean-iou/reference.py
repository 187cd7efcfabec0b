import numpy as np


def mean_iou(predicted, true, classes, ignore):
    counted = true != ignore
    predicted, true = predicted[counted], true[counted]
    scores = []
    for label in range(classes):
        guess, truth = predicted == label, true == label
        both = np.count_nonzero(guess & truth)
        either = np.count_nonzero(guess | truth)
        if either > 0:
            scores.append(both / either)
    return float(np.mean(scores)) if scores else 0.0
