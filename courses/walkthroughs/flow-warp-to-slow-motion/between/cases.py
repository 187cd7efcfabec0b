import numpy as np


def cases(seed):
    random = np.random.default_rng(seed)

    def scene(height, width, size, step, t, channels=3):  # a square on a resting ground
        ground, thing = random.random((height, width, channels)), random.random((size, size, channels))
        row, column = 2, 3
        frames = []
        for shift in (0, step):
            frame = ground.copy()
            frame[row : row + size, column + shift : column + shift + size] = thing
            frames.append(frame)
        flows = [np.zeros((height, width, 2)), np.zeros((height, width, 2))]
        flows[0][row : row + size, column : column + size, 0] = step
        flows[1][row : row + size, column + step : column + step + size, 0] = -step
        return [*frames, *flows, t]

    def anything(height, width, t):
        frames = [random.random((height, width, 2)) for _ in range(2)]
        return [*frames, *(random.normal(size=(height, width, 2)) * 1.5 for _ in range(2)), t]

    return [
        {"name": "a square half-way", "args": scene(8, 14, 3, 4, 0.5, 1), "visible": True},
        {"name": "at the first frame", "args": anything(4, 5, 0.0), "visible": True},
        {"name": "a square at a quarter", "args": scene(12, 20, 5, 6, 0.25)},
        {"name": "a square at nine tenths", "args": scene(12, 20, 5, 3, 0.9)},
        {"name": "at the second frame", "args": anything(4, 5, 1.0)},
        {"name": "flows that contradict each other", "args": anything(9, 11, 0.4)},
        {"name": "random flows", "args": anything(15, 12, 0.7)},
        {"name": "a large picture, in time", "args": scene(100, 130, 40, 30, 0.5), "wall_s": 5.0},
    ]
