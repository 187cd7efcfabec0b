import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def task(images, classes, prompts, f=6, g=5, d=4):
        normal = random.normal
        own = normal(size=(classes, prompts, g)) * np.exp(2 * normal(size=(classes, prompts, 1)))
        spread = 4.0 * np.arange(classes)[:, None, None] / classes * normal(size=(classes, prompts, g))
        return [normal(size=(images, f)), own + spread, normal(size=(f, d)), normal(size=(g, d))]

    twins = task(5, 3, 2)
    twins[1][2] = twins[1][0]
    return [
        {"name": "three classes, one prompt", "args": task(4, 3, 1), "visible": True},
        {"name": "two classes, four prompts", "args": task(6, 2, 4), "visible": True},
        {"name": "two classes with the same prompts", "args": twins},
        {"name": "many images", "args": task(200, 5, 6)},
        {"name": "many classes", "args": task(150, 40, 3)},
        {"name": "one class", "args": task(3, 1, 2)},
        {"name": "one image", "args": task(1, 10, 4)},
        {"name": "another width", "args": task(120, 6, 5, f=3, g=9, d=8)},
    ]
