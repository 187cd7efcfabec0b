"""Trains the lab's models anew and writes their weights, promises and logs into the course.

    python scripts/train_lab.py [--seed N] [--device cpu|cuda] [--threads N] [--only-pacl] [--into FOLDER]

A process draws the pictures of each stage ahead and the two towers train in a thread each, which changes no number. The
same seed and versions give the same models: byte for byte with one thread an operation (`--threads 1`), else up to the
rounding of parallel sums.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab import training

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "courses" / "multimodal-learning")]


def main() -> None:
    """Train CLIP, then PACL's head on it."""
    import torch

    from knowledge.embedders.torchvision_guard import import_torchvision

    import_torchvision()  # open_clip imports it; beside a torch of another build that takes a guard
    options = _options()
    torch.set_num_threads(options.threads)
    if not options.only_pacl:
        train_clip(options)
    train_head(options)


def train_clip(options: argparse.Namespace) -> None:
    """Train CLIP in its stages; write its weights and a log of each stage."""
    import torch
    from lab import model, training, weights

    began = time.monotonic()
    stages = [replace(stage, seed=options.seed + stage.seed) for stage in training.STAGES]
    given = [training.drawn_ahead(stage) for stage in stages]  # all draw from now on
    network = model.build(options.seed)
    for number, stage in enumerate(stages, start=1):
        lines: list[training.LogLine] = []

        def tell(line: training.LogLine, _: torch.nn.Module, lines: list[training.LogLine] = lines) -> None:
            lines.append(line)
            print(line, flush=True)

        network = training.train_clip(stage, network, given.pop(0), options.device, tell)
        _log(options.into / f"clip-stage-{number}.csv", lines)
    spent = {"wall_s": round(time.monotonic() - began, 1), "processor_s": round(_processor_s(), 1)}
    made_by = {"seed": options.seed, "torch": torch.__version__, "device": options.device, "threads": options.threads}
    print(weights.write("clip", network, {**made_by, **spent}, options.into), spent)


def _processor_s() -> float:
    """Return the processor seconds of this process and of those it started that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def train_head(options: argparse.Namespace) -> None:
    """Train PACL's head on the CLIP that lies in the folder."""
    from lab import model, training, weights

    began, processor = time.monotonic(), time.process_time()
    plan = replace(training.HeadPlan(), seed=options.seed + 1)
    clip = model.load(options.device, options.into)
    head = training.train_head(clip, plan, lambda step, loss: print(step, round(loss, 3), flush=True))
    spent = {"wall_s": round(time.monotonic() - began, 1), "processor_s": round(time.process_time() - processor, 1)}
    print(weights.write("pacl", head, {"seed": plan.seed, "device": options.device, **spent}, options.into), spent)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1, help="threads of one operation")
    parser.add_argument("--only-pacl", action="store_true", help="train PACL's head on the CLIP that is there")
    parser.add_argument("--into", type=Path, default=ROOT / "courses/multimodal-learning/lab/weights")
    return parser.parse_args()


def _log(path: Path, lines: list[training.LogLine]) -> None:
    """Write a training log beside the weights, as comma-separated lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(lines[0])])
        writer.writerows([[round(value, 4) for value in astuple(line)] for line in lines])


if __name__ == "__main__":
    main()
