import torch


def cases(seed):
    random = torch.Generator().manual_seed(seed)

    def features(count, width):
        return torch.randn(count, width, generator=random) * 3

    same = features(1, 16).repeat(8, 1)
    perfect = torch.linalg.qr(features(6, 6))[0].contiguous()
    near = features(7, 32)
    return [
        {"name": "all rows equal: ln N", "args": [same, same.clone(), 0.1], "visible": True},
        {"name": "perfect pairs, cold", "args": [perfect, perfect * 2, 0.01], "visible": True},
        {"name": "four random pairs", "args": [features(4, 8), features(4, 8), 0.07], "visible": True},
        {"name": "a larger batch", "args": [features(33, 24), features(33, 24), 0.07]},
        {"name": "pairs that nearly match", "args": [near, near + features(7, 32) / 6, 0.05]},
        {"name": "a temperature above one", "args": [features(9, 5), features(9, 5), 2.0]},
        {"name": "a very small temperature", "args": [features(12, 8), features(12, 8), 0.005]},
        {"name": "features of very different length", "args": [features(6, 10) * 50, features(6, 10) / 50, 0.2]},
        {
            "name": "keys that leave some queries without a near one",
            "args": [features(10, 3), features(10, 3).abs(), 0.3],
        },
        {"name": "one pair", "args": [features(1, 4), features(1, 4), 0.1]},
    ]
