"""Keeps torchvision from taking other packages down with it.

transformers imports torchvision wherever it is installed, and torchvision fails to import beside a torch it was not
built with (`operator torchvision::nms does not exist`). Text embedding needs none of it: it is hidden there. Image
models need its Python transforms only: the missing operators are declared, never run.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_DECLARED: list[object] = []
"""Operator libraries that must live as long as the process: torch forgets the operators of a collected one."""
_LOCK = threading.RLock()


@contextmanager
def hidden(*packages: str) -> Iterator[None]:
    """Make `packages` look absent to every import inside the block, whether they work, are broken or are loaded."""
    with _LOCK:
        before = {name: sys.modules[name] for name in packages if name in sys.modules}
        for name in packages:
            sys.modules[name] = None  # type: ignore[assignment] # documented: None makes `import name` fail
        try:
            yield
        finally:
            for name in packages:
                del sys.modules[name]
            sys.modules.update(before)


def import_torchvision() -> ModuleType | None:
    """Return torchvision, or None where it is not installed.

    Beside a torch it was not built with, its compiled operators stay unusable and the rest works.

    Raises:
        ImportError: it is installed and fails for another reason than missing operators.
        RuntimeError: as above.
    """
    with _LOCK:
        if "torchvision" not in sys.modules and find_spec("torchvision") is None:
            return None
        try:
            return import_module("torchvision")
        except RuntimeError as error:
            if "torchvision::" not in str(error):
                raise
            _forget_half_loaded()
            _declare_operators()
            return import_module("torchvision")


def _forget_half_loaded() -> None:
    for name in [name for name in sys.modules if name == "torchvision" or name.startswith("torchvision.")]:
        del sys.modules[name]


def _declare_operators() -> None:
    """Declare the operators that torchvision describes to torch while it is imported."""
    import torch

    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call] # torch left it untyped
    for name in ("nms", "qnms"):
        schema = f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        library.define(schema)  # type: ignore[no-untyped-call] # as above
    _DECLARED.append(library)
