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
    from lab import scenes, zero_shot

    names = [scenes.phrase(thing) for thing in scenes.ALL_THINGS]
    for title, things in (("seen", scenes.SEEN), ("held out", scenes.HELD_OUT)):
        pictures, shown = zero_shot.single_pictures(count, things, seed)
        truth = [scenes.ALL_THINGS.index(thing) for thing in shown]
        each = [
            zero_shot.hits(clip, pictures, zero_shot.class_vectors(clip, names, [template]), truth)
            for template in zero_shot.TEMPLATES
        ]
        ensemble = zero_shot.hits(clip, pictures, zero_shot.class_vectors(clip, names), truth)
        print(f"{title}, {len(things)} kinds of 120: bare name {told(each[0])}, ensemble {told(ensemble)}")
        print(f"  ensemble over a single prompt {told(ensemble - np.mean(each, axis=0))}")


def segmentation_figures(clip: Clip, count: int, seed: int) -> None:
    from lab import pacl, scenes

    rng, head = np.random.default_rng(seed), pacl.load(clip.device)
    pairs = [scenes.draw(scenes.random_scene(rng, scenes.HELD_OUT, pair_share=1.0), rng) for _ in range(count)]
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
    segmentation_figures(clip, options.pictures // 3, options.seed)
    motion_figures(options.seed)
    times(options.seed)


if __name__ == "__main__":
    main()
