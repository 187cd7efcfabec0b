import torch
import torch.nn.functional as F


def info_nce(queries, keys, temperature):
    queries = F.normalize(queries, dim=1)  # (N, D)
    keys = F.normalize(keys, dim=1)  # (N, D)
    logits = queries @ keys.T / temperature  # (N, N): row i holds query i against every key
    own = torch.arange(len(logits))  # (N,)
    return F.cross_entropy(logits, own)
