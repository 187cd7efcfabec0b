"""Text embedding lives with torchvision absent, broken or working, and never imports it; image code gets what works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.embedders.torchvision_guard import hidden

ABSENT = """
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = lambda name, *rest: None if name.partition(".")[0] == "torchvision" else find(name, *rest)
"""
BROKEN = "raise RuntimeError('operator torchvision::nms does not exist')"
UNWORKABLE = "raise RuntimeError('libjpeg is missing')"
WORKING = "__version__ = '9.9'"
NEEDS_OPERATORS = """
import torch
torch.library.register_fake("torchvision::nms")(lambda dets, scores, iou_threshold: None)
"""
EMBED = """
import sys, tempfile, os
os.environ["ERICA_CACHE"] = tempfile.mkdtemp()
from knowledge.embedders import open_embedder
vectors = open_embedder(backend="torch-fp32").embed(["a cat", "a kitten", "a tax form"])
likeness = vectors @ vectors.T
assert likeness[0, 1] > likeness[0, 2] + 0.2, likeness
print([name for name in sys.modules if name.partition(".")[0] == "torchvision"])
"""
GUARDED = """
from knowledge.embedders.torchvision_guard import import_torchvision
found = import_torchvision()
print(None if found is None else found.__name__)
"""


def run(code: str, site: Path, torchvision: str | None) -> subprocess.CompletedProcess[str]:
    """Run `code` in a fresh Python that finds this torchvision before any installed one."""
    if torchvision is not None:
        (site / "torchvision").mkdir()
        (site / "torchvision" / "__init__.py").write_text(torchvision)
        described = site / "torchvision-9.9.dist-info"
        described.mkdir()
        (described / "METADATA").write_text("Metadata-Version: 2.1\nName: torchvision\nVersion: 9.9\n")
    path = f"import sys; sys.path.insert(0, {str(site)!r})\n"
    command = [sys.executable, "-c", (path if torchvision is not None else ABSENT) + code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)


@pytest.mark.slow
@pytest.mark.parametrize("torchvision", [None, BROKEN, WORKING], ids=["absent", "broken", "working"])
def test_text_embedding_works_and_never_imports_torchvision(tmp_path: Path, torchvision: str | None) -> None:
    result = run(EMBED, tmp_path, torchvision)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("torchvision", "found"),
    [(None, "None"), (WORKING, "torchvision"), (NEEDS_OPERATORS, "torchvision")],
    ids=["absent", "working", "operators missing"],
)
def test_image_code_gets_torchvision_wherever_its_python_part_works(
    tmp_path: Path, torchvision: str | None, found: str
) -> None:
    result = run(GUARDED, tmp_path, torchvision)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == found


@pytest.mark.slow
def test_a_torchvision_that_fails_otherwise_says_so(tmp_path: Path) -> None:
    result = run(GUARDED, tmp_path, UNWORKABLE)
    assert result.returncode != 0
    assert "libjpeg is missing" in result.stderr


@pytest.mark.slow
def test_open_clip_builds_a_model_after_text_was_embedded_in_the_same_process(tmp_path: Path) -> None:
    code = (
        EMBED
        + GUARDED
        + "import open_clip, torch\n"
        + "vision = {'image_size': 32, 'layers': 1, 'width': 64, 'patch_size': 16}\n"
        + "text = {'context_length': 8, 'vocab_size': 64, 'width': 64, 'heads': 1, 'layers': 1}\n"
        + "model = open_clip.CLIP(16, vision, text)\n"
        + "print(tuple(model.encode_image(torch.zeros(2, 3, 32, 32)).shape))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=240)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split("\n")[-2] == "(2, 16)"


def test_a_hidden_package_looks_absent_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "erica_hidden_probe.py").write_text("loaded = True")
    monkeypatch.syspath_prepend(str(tmp_path))
    with hidden("erica_hidden_probe"), pytest.raises(ModuleNotFoundError):
        __import__("erica_hidden_probe")
    module = __import__("erica_hidden_probe")
    with hidden("erica_hidden_probe"), pytest.raises(ModuleNotFoundError):
        __import__("erica_hidden_probe")
    assert sys.modules.pop("erica_hidden_probe") is module


def test_what_was_hidden_comes_back_after_an_error() -> None:
    before = sys.modules["json"]
    with pytest.raises(ValueError, match="inside"), hidden("json", "erica_never_there"):
        raise ValueError("inside")
    assert sys.modules["json"] is before
    assert "erica_never_there" not in sys.modules
