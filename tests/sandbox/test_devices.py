"""GPUs are found by their device nodes, lent one at a time, and shown alone in a box. No GPU is needed here."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from tutor.sandbox.box import Libraries, command
from tutor.sandbox.devices import Device, Leases, found


def test_devices_are_the_numbered_nodes(tmp_path: Path) -> None:
    for name in ("nvidia10", "nvidia0", "nvidiactl", "nvidia-uvm", "nvidia2x", "null"):
        (tmp_path / name).touch()
    assert found(tmp_path) == (Device(0), Device(10))
    assert found(tmp_path / "none") == ()


def test_a_lent_device_is_nobody_elses_until_it_is_given_back() -> None:
    leases = Leases([Device(0)])
    with leases.lease() as first:
        assert first == Device(0)
        stop = threading.Event()
        stop.set()
        with leases.lease(stop) as second:
            assert second is None
    with leases.lease() as again:
        assert again == Device(0)


def test_whoever_waits_gets_the_device_that_is_given_back() -> None:
    leases = Leases([Device(1)])
    got: list[Device | None] = []

    def wait() -> None:
        with leases.lease() as device:
            got.append(device)

    with leases.lease():
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert got == []
    waiting.join(5)
    assert got == [Device(1)]


def test_an_error_gives_the_device_back() -> None:
    leases = Leases([Device(0)])
    with pytest.raises(RuntimeError), leases.lease():
        raise RuntimeError
    with leases.lease() as device:
        assert device == Device(0)


def test_without_devices_nobody_waits() -> None:
    with pytest.raises(LookupError), Leases([]).lease():
        pass


def test_a_box_shows_the_leased_device_and_no_other() -> None:
    libraries = Libraries("/usr/bin/python3", "/usr", ())
    words = command("bwrap", libraries, 3, (), Device(2))
    bound = [words[n + 1] for n, word in enumerate(words) if word == "--dev-bind-try"]
    assert "/dev/nvidia2" in bound
    assert not [node for node in bound if node.startswith("/dev/nvidia") and node[-1].isdigit() and node[-1] != "2"]
    assert words.index("--dev") < words.index("--dev-bind-try") < words.index("--remount-ro")
    assert json.loads(words[-1])["devices"] == bound
    assert "--dev-bind-try" not in command("bwrap", libraries, 3, ())
