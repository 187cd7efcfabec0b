import numpy as np


def recall_at_k(similarity, k):
    right = np.diag(similarity)
    rivals_of_images = np.sum(similarity >= right[:, None], axis=1) - 1
    rivals_of_texts = np.sum(similarity >= right[None, :], axis=0) - 1
    by_image = np.mean(rivals_of_images < k)
    by_text = np.mean(rivals_of_texts < k)
    return float(by_image), float(by_text)
