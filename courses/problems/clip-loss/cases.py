import torch


def cases(seed):
    random = torch.Generator().manual_seed(seed)

    def features(count, width):
        return torch.randn(count, width, generator=random) * 3

    same = features(1, 16).repeat(8, 1)
    perfect = torch.linalg.qr(features(6, 6))[0].contiguous()
    near = features(7, 32)
    return [
        {"name": "all rows equal: ln N", "args": [same, same.clone(), 10.0], "visible": True},
        {"name": "perfect pairs at scale 100", "args": [perfect, perfect * 2, 100.0], "visible": True},
        {"name": "four random pairs", "args": [features(4, 8), features(4, 8), 1 / 0.07], "visible": True},
        {"name": "a larger batch", "args": [features(33, 24), features(33, 24), 1 / 0.07]},
        {"name": "pairs that nearly match", "args": [near, near + features(7, 32) / 6, 20.0]},
        {"name": "a scale below one", "args": [features(9, 5), features(9, 5), 0.5]},
        {"name": "a scale of one hundred", "args": [features(12, 8), features(12, 8), 100.0]},
        {"name": "features of very different length", "args": [features(6, 10) * 50, features(6, 10) / 50, 5.0]},
        {"name": "one pair", "args": [features(1, 4), features(1, 4), 10.0]},
    ]
