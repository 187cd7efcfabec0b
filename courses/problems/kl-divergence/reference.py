import numpy as np


def kl_divergence(p, q):
    p, q = p.astype(np.float64), q.astype(np.float64)
    drawn = p > 0
    with np.errstate(divide="ignore"):
        log_p = np.log(np.where(drawn, p, 1.0))
        log_q = np.log(np.where(drawn, q, 1.0))
    terms = p * (log_p - log_q)
    return terms.sum(axis=1).astype(np.float32)
