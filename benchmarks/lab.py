"""Figures of the course's lab: accuracies, recalls, IoU and decibels with 95 % bootstrap intervals, and times.

    python benchmarks/lab.py [--seed N] [--pictures N]

Seeds differ from those of the tests and lessons. Where there is a GPU, the times are taken on it too.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "courses" / "multimodal-learning")]

if TYPE_CHECKING:
    from lab.model import Clip


def told(values: np.ndarray) -> str:
    from lab import zero_shot

    low, high = zero_shot.interval(np.asarray(values, dtype=float))
    return f"{np.mean(values):.3f} ({low:.3f} to {high:.3f})"


def zero_shot_figures(clip: Clip, count: int, seed: int) -> None:
    from lab import tasks, zero_shot

    for title, asked in (("seen", tasks.often_seen(count, seed)), ("held out", tasks.never_seen(count, seed))):
        images, said = clip.images(asked.pictures), zero_shot.sentence_vectors(clip, tasks.NAMES)
        each = [zero_shot.hits(images, classes, asked.kinds) for classes in said]
        ensemble = zero_shot.hits(images, zero_shot.ensemble(said), asked.kinds)
        print(f"{title}, 120 classes: bare name {told(each[0])}, ensemble {told(ensemble)}")
        print(f"  ensemble over a single prompt {told(ensemble - np.mean(each, axis=0))}")


def ensemble_figures(clip: Clip, count: int, seed: int) -> None:
    """Print what the ensemble gains over the bare name, resampled by pictures and by kinds of thing."""
    from lab import tasks, zero_shot

    said = zero_shot.sentence_vectors(clip, tasks.NAMES)
    for title, asked in (("seen", tasks.often_seen(count, seed)), ("held out", tasks.never_seen(count, seed))):
        images = clip.images(asked.pictures)
        bare, ensemble = (zero_shot.hits(images, of, asked.kinds) for of in (said[0], zero_shot.ensemble(said)))
        gain, kinds = ensemble.astype(float) - bare, np.array(asked.kinds)
        by_kind = np.array([gain[kinds == kind].mean() for kind in np.unique(kinds)])
        print(f"{title}, {count} pictures: bare name {told(bare)}, ensemble {told(ensemble)}")
        print(f"  gain, pictures resampled {told(gain)}; kinds resampled, each alike {told(by_kind)}")


def probe_figures(clip: Clip, count: int, seed: int) -> None:
    from lab import model, tasks, zero_shot

    shown, asked = tasks.often_seen(400, seed), tasks.never_seen(count, seed + 1)
    untrained = model.Clip(model.build(seed=seed).eval(), model.tokenize, model.as_batch)
    for shots in (1, 2, 4, 8, 16, 32):
        few, right = tasks.few_of_each(shown.shapes, shots), []
        for one in (clip, untrained):
            probe = zero_shot.fit_probe(one.images(shown.pictures[few]), shown.shapes[few], 5)
            scores = zero_shot.with_ones(one.images(asked.pictures)) @ probe
            right.append((scores.argmax(dim=1) == asked.shapes).numpy().astype(float))
        gain = told(right[0] - right[1])
        print(f"shape from {shots} a class: trained {told(right[0])}, untrained {told(right[1])}, gain {gain}")


def retrieval_figures(clip: Clip, count: int, seed: int) -> None:
    from lab import tasks

    pictures, said = tasks.captioned(count, seed)
    table = clip.images(pictures) @ clip.texts(said).T
    for way, rows in (("image to text", table), ("text to image", table.T)):
        ranks = (rows > rows.diagonal()[:, None]).sum(dim=1).numpy()
        print(f"{way}, {count} scenes: R@1 {told(ranks < 1)}, R@5 {told(ranks < 5)}")


def change_figures(clip: Clip, seed: int, draws: int = 8) -> None:
    from lab import tasks

    named = np.concatenate([tasks.changes_named(clip, seed + 2 * number) for number in range(draws)])
    print(f"changes of colour named, {len(named)} of {draws} draws, chance .167: {told(named)}")


def bias_figures(clip: Clip, seed: int, draws: int = 8) -> None:
    from lab import tasks, zero_shot

    gaps = []
    for number in range(draws):
        habit = tasks.correlated(clip, 400, 0.95, seed + 2 * number)
        even = tasks.correlated(clip, 400, 0.5, seed + 2 * number + 1)
        found = [
            tasks.accuracy_by_group(zero_shot.fit_probe(habit.vectors, habit.shape, 2, counts), even)
            for counts in (None, habit.equal_counts)
        ]
        gaps.append([*found[0], *found[1], found[0][0] - found[0][1], found[1][0] - found[1][1]])
    titles = ("holds", "breaks", "holds, equal groups", "breaks, equal groups", "gap", "gap, equal groups")
    for title, values in zip(titles, np.array(gaps).T, strict=True):
        print(f"bias probe over {draws} draws, {title}: {told(values)}")


def synthesis_figures(clip: Clip, seed: int, draws: int = 3) -> None:
    from lab import synthesis, tasks

    gain, right, single = [], [], []
    for number in range(draws):
        for colour in tasks.COLOURS:
            drawn = synthesis.guide(clip, f"a solid {colour} circle", seed=seed + number)
            gain.append(float(drawn.after.max() - drawn.before.max()))
            right.append(synthesis.nearest_colour(drawn.colour) == colour)
            single.append(float((drawn.after > drawn.after.max() - 0.03).float().mean()))
    print(f"guided drawing, {len(right)} drawings: similarity gained {told(np.array(gain))}")
    print(f"  asked colour by the palette, chance .167: {told(np.array(right))}")
    print(f"  share of the 12 starts that end within .03 of the best: {told(np.array(single))}")


def segmentation_figures(clip: Clip, count: int, seed: int) -> None:
    from lab import pacl, tasks

    head, pairs = pacl.load(clip.device), tasks.unseen_pairs(count, seed)
    pixels = [pair.pixels for pair in pairs]
    plain = pacl.ious(clip, pacl.plain_patches(clip, pixels), pairs)
    aligned = pacl.ious(clip, pacl.aligned_patches(clip, head, pixels), pairs)
    print(f"mean IoU, held-out pairs: plain patches {told(plain)}, PACL {told(aligned)}, gain {told(aligned - plain)}")


def motion_figures(seed: int, count: int = 40) -> None:
    from lab import motion

    rows = []
    for number in range(count):
        scene = motion.moving_scene(seed + number)
        averaged = motion.psnr((scene.first + scene.last) / 2, scene.middle)
        rows.append([averaged, *(motion.psnr(motion.interpolate(scene, m), scene.middle) for m in (False, True))])
    for name, values in zip(("averaged", "warped", "warped and masked"), np.array(rows).T, strict=True):
        print(f"middle frame, {name}: {told(values)} dB")


def times(seed: int, count: int = 256) -> None:
    import torch
    from lab import model, scenes, zero_shot

    pictures, _ = zero_shot.single_pictures(count, scenes.SEEN, seed)
    for device in ("cpu", *(["cuda"] if torch.cuda.is_available() else [])):
        clip = model.load(device)
        clip.images(pictures)
        began, processor = time.monotonic(), time.process_time()
        clip.images(pictures).cpu()
        spent, busy = time.monotonic() - began, time.process_time() - processor
        print(f"{device}: {count} pictures in {1000 * spent:.0f} ms, {1000 * busy:.0f} ms of the processor")
    if not torch.cuda.is_available():
        print("no GPU here: nothing was measured on one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--pictures", type=int, default=600)
    options = parser.parse_args()

    import torch

    from knowledge.embedders.torchvision_guard import import_torchvision

    import_torchvision()
    torch.set_num_threads(1)
    from lab import model

    clip = model.load()
    zero_shot_figures(clip, options.pictures, options.seed)
    ensemble_figures(clip, 10 * options.pictures, options.seed + 1)
    probe_figures(clip, options.pictures, options.seed)
    retrieval_figures(clip, options.pictures // 2, options.seed)
    change_figures(clip, options.seed)
    bias_figures(clip, options.seed)
    synthesis_figures(clip, options.seed)
    segmentation_figures(clip, options.pictures // 3, options.seed)
    motion_figures(options.seed)
    times(options.seed)


if __name__ == "__main__":
    main()
