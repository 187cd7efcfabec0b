"""Lets torchvision import beside a torch that it was not built with.

torchvision describes operators of its compiled part to torch while it is imported, and fails where that part did not
load (`operator torchvision::nms does not exist`). open_clip needs only its Python part: with the operators declared
and no more, both import; the compiled operators stay unusable. A copy of the embedders' guard in ten lines, because
nothing of ours but this folder is in the box.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence

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


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers the first `import torchvision` of a cell, or of a library such as transformers, with the guarded one."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where the module is, once; afterwards it is found as any other."""
        if name != "torchvision" or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        if importlib.machinery.PathFinder.find_spec(name) is None:
            return None
        importlib.import_module("torch")
        import_torchvision()
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return the module, which is loaded already."""
        return sys.modules[spec.name]

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing more."""


def guard_later_imports() -> None:
    """Have torchvision import in the guarded way whenever something first asks for it."""
    if "torchvision" not in sys.modules:
        sys.meta_path.insert(0, _Finder())
