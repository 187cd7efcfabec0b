"""GPUs of this machine and who has them: one cell a device at a time.

Knows which device nodes a box needs for one GPU, and hands devices out. Refuses to touch CUDA: it is initialised in
the cell's own process alone, so that the memory goes back to the device when that process ends.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_NODE = re.compile(r"nvidia(\d+)")
SHARED_NODES = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset")
READABLE_SYSTEM = ("/sys/devices", "/sys/bus/pci", "/sys/class/drm", "/sys/module/nvidia", "/sys/module/nvidia_uvm")
"""Without these `cuInit` fails (error 304)."""
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, order=True)
class Device:
    """One GPU by the number of its device node."""

    number: int

    @property
    def node(self) -> str:
        """Return its device file."""
        return f"/dev/nvidia{self.number}"

    @property
    def nodes(self) -> tuple[str, ...]:
        """Return every device file that a cell on it needs; of other GPUs none."""
        return (self.node, *SHARED_NODES)


def found(folder: Path = Path("/dev")) -> tuple[Device, ...]:
    """Return the GPUs whose device nodes are there, by number."""
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:
        return ()
    return tuple(sorted(Device(int(match[1])) for name in names if (match := _NODE.fullmatch(name))))


class Leases:
    """Hands out devices, each to one holder at a time. Safe to use from several threads."""

    def __init__(self, devices: Iterable[Device]) -> None:
        self.devices = tuple(devices)
        self._free = list(self.devices)
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def lease(self, cancelled: threading.Event | None = None) -> Iterator[Device | None]:
        """Yield a device that nobody else has until the block ends; None where `cancelled` was set while waiting.

        Raises:
            LookupError: there are no devices to wait for.
        """
        if not self.devices:
            raise LookupError("there is no GPU to lend")
        device = self._take(cancelled or threading.Event())
        try:
            yield device
        finally:
            if device is not None:
                with self._changed:
                    self._free.append(device)
                    self._changed.notify()

    def _take(self, cancelled: threading.Event) -> Device | None:
        with self._changed:
            while not self._free and not cancelled.is_set():
                self._changed.wait(_LOOK_EVERY_S)
            return None if cancelled.is_set() else self._free.pop(0)
