import torch
import torch.nn.functional as F


def clip_loss(image, text, scale):
    image = F.normalize(image, dim=1)  # (N, D)
    text = F.normalize(text, dim=1)  # (N, D)
    logits = scale * image @ text.T  # (N, N)
    pairs = torch.arange(len(logits))  # (N,)
    from_images = F.cross_entropy(logits, pairs)
    from_texts = F.cross_entropy(logits.T, pairs)
    return from_images, from_texts, (from_images + from_texts) / 2
