"""Lets torchvision import beside a torch that it was not built with.

torchvision describes operators of its compiled part to torch while it is imported, and fails where that part did not
load (`operator torchvision::nms does not exist`). open_clip needs only its Python part: with the operators declared
and no more, both import; the compiled operators stay unusable. A copy of the embedders' guard in ten lines, because
nothing of ours but this folder is in the box.
"""

from __future__ import annotations

import importlib
import sys

_OPERATORS = ("nms", "qnms")
_declared: list[object] = []  # torch forgets a library that nothing refers to


def import_torchvision() -> None:
    """Import torchvision if it is there. Whatever else it raises is the caller's to report."""
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = sys.modules["torch"].library.Library("torchvision", "DEF")
        for operator in _OPERATORS:
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _declared.append(library)
        importlib.import_module("torchvision")
