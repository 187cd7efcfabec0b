"""CLIP and flow-warp cells on the processor and on a GPU: `python benchmarks/gpu_cells.py [--repeat N]`.

The same cells run in the sandbox on both, marked `# gpu` for the second; the GPU's times are left out, and that is
said, where there is none. Prints times and the ratio of the two; synchronises before the clock is read.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tutor.sandbox import CellRequest, Device, Limits, Sandbox, devices

LIMITS = Limits(wall_s=600.0, memory_mb=6144, threads=max(2, os.cpu_count() or 2))
_CLOCK = """
import time
import torch
device = "cuda" if torch.cuda.is_available() else "cpu"
def timed(work, times=5):
    work()
    seconds = []
    for _ in range(times):
        if device == "cuda": torch.cuda.synchronize()
        began = time.perf_counter()
        work()
        if device == "cuda": torch.cuda.synchronize()
        seconds.append(time.perf_counter() - began)
    return sorted(seconds)[len(seconds) // 2]
"""
_NAME = 'print(torch.cuda.get_device_name(0) if device == "cuda" else "cpu")\n'
CELLS = {
    "CLIP training step (ViT-B/32 towers, batch 4, random weights)": """
import open_clip
from open_clip.loss import ClipLoss
model = open_clip.create_model("ViT-B-32", pretrained=None).to(device)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
images = torch.randn(4, 3, 224, 224, device=device)
tokens = torch.randint(1, 49000, (4, 77), device=device)
def step():
    image, text, scale = model(images, tokens)[:3]
    loss = ClipLoss()(image, text, scale)
    optimizer.zero_grad(); loss.backward(); optimizer.step()
print(timed(step, 3))
""",
    "zero-shot scores (1,024 images, 1,000 classes, 512 wide)": """
images = torch.nn.functional.normalize(torch.randn(1024, 512, device=device), dim=1)
classes = torch.nn.functional.normalize(torch.randn(1000, 512, device=device), dim=1)
print(timed(lambda: (100 * images @ classes.T).softmax(1), 20))
""",
    "patch-text similarity (64 images, 196 patches, 64 captions)": """
patches = torch.nn.functional.normalize(torch.randn(64, 196, 512, device=device), dim=2)
captions = torch.nn.functional.normalize(torch.randn(64, 512, device=device), dim=1)
def scores():
    similarity = torch.einsum("ipd,cd->icp", patches, captions)
    pooled = torch.einsum("icp,ipd->icd", similarity.softmax(2), patches)
    return torch.einsum("icd,cd->ic", pooled, captions)
print(timed(scores))
""",
    "bilinear flow warp (8 frames of 720 x 1280)": """
import torch.nn.functional as F
frames = torch.rand(8, 3, 720, 1280, device=device)
flow = torch.randn(8, 720, 1280, 2, device=device)
y, x = torch.meshgrid(torch.arange(720, device=device), torch.arange(1280, device=device), indexing="ij")
def warp():
    where_x = (2 * (x + flow[..., 0]) + 1) / 1280 - 1
    where_y = (2 * (y + flow[..., 1]) + 1) / 720 - 1
    return F.grid_sample(frames, torch.stack([where_x, where_y], -1), padding_mode="border", align_corners=False)
print(timed(warp))
""",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeat", type=int, default=1, help="how often each cell is run")
    repeat = parser.parse_args().repeat
    found = devices.found()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, GPUs: {len(found)}")
    on_cpu = _measured(None, repeat)
    on_gpu = _measured(found[0], repeat) if found else {}
    if not found:
        print("no GPU here: nothing below was run on one")
    for name, seconds in on_cpu.items():
        gpu = f", GPU {on_gpu[name] * 1e3:.2f} ms: {seconds / on_gpu[name]:.1f}x" if name in on_gpu else ""
        print(f"{name}: processor {seconds * 1e3:.1f} ms{gpu}")


def _measured(device: Device | None, repeat: int) -> dict[str, float]:
    """Median seconds of each cell; those that did not run are named and left out."""
    times: dict[str, float] = {}
    with Sandbox.open(preload=("numpy", "torch"), device=device) as sandbox:
        named = sandbox.run(CellRequest(f"{_CLOCK}{_NAME}", LIMITS))
        print(f"device: {named.stdout.strip() or named.reason}")
        for name, code in CELLS.items():
            runs = [sandbox.run(CellRequest(f"{_CLOCK}{code}", LIMITS)) for _ in range(repeat)]
            failed = [run for run in runs if not run.completed]
            if failed:
                print(f"{name}: {failed[0].reason} {[output.content.get('evalue') for output in failed[0].outputs]}")
                continue
            times[name] = statistics.median(float(run.stdout) for run in runs)
    return times


if __name__ == "__main__":
    main()
