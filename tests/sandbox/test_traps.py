"""One test for each thing that went wrong while the sandbox was measured: none of them may come back."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandbox.conftest import run
from tutor.sandbox import Limits, Sandbox, SandboxUnavailable, Verdict
from tutor.sandbox.box import Libraries, bubblewrap

pytestmark = pytest.mark.slow
ROOMY = Limits(wall_s=60.0)


@pytest.fixture
def packages() -> Iterator[Path]:
    """A folder of packages that the box may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _sandbox_with(packages: Path, *preload: str) -> Sandbox:
    program = bubblewrap()
    if program is None:
        pytest.skip("bubblewrap is not installed")
    libraries = Libraries.of_this_python()
    libraries = replace(libraries, site_packages=(*libraries.site_packages, str(packages)))
    return Sandbox(program, libraries, preload, None)


def test_a_library_that_was_not_imported_before_can_be_imported_in_the_cell(bare: Sandbox) -> None:
    assert run(bare, "import colorsys, wave, networkx\nprint('imported')", ROOMY).stdout == "imported\n"


_LOOK_AROUND = """
import early, late, os, tempfile
print([os.listdir(folder) for folder in ("/tmp", "/dev/shm", os.path.expanduser("~"))], tempfile.gettempdir())
print([os.path.exists(path) for path in {hidden}])
for folder in ("/tmp", "/dev/shm", os.path.expanduser("~")):
    open(f"{{folder}}/own", "x").close()
print(early.value, late.value, [os.path.dirname(module.__file__) for module in (early, late)])
"""


@pytest.mark.parametrize("parent", ["/tmp", "/dev/shm", "/home"])
def test_a_cell_has_its_own_empty_folders_wherever_the_libraries_lie(parent: str) -> None:
    if not os.access(parent, os.W_OK):
        pytest.skip(f"{parent} cannot be written to here")
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        packages = Path(folder, "venv/lib/site-packages")
        packages.mkdir(parents=True)
        for open_to_all in (folder, packages):
            Path(open_to_all).chmod(0o755)
        (packages / "early.py").write_text("value = 5\n")
        (packages / "late.py").write_text("value = 6\n")
        Path(folder, "of the host").write_text("secret")
        code = _LOOK_AROUND.format(hidden=[folder, str(packages)])
        with _sandbox_with(packages, "early") as sandbox:
            assert sandbox.warm() == {}
            shown = sandbox._libraries.packages_shown()[-1]
            expected = f"[[], [], []] /tmp\n[False, False]\n5 6 {[shown, shown]}\n"
            assert [run(sandbox, code).stdout for _ in range(2)] == [
                expected
            ] * 2  # the second finds nothing of the first
        assert sorted(os.listdir(folder)) == ["of the host", "venv"]


def test_a_python_that_lies_below_the_temporary_folder_runs_cells(packages: Path) -> None:
    here = Libraries.of_this_python()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    unneeded = shutil.ignore_patterns("test", "tests", "*-packages", "__pycache__", "config-*", "idlelib", "ensurepip")
    shutil.copytree(os.path.dirname(os.__file__), packages / "lib" / version, ignore=unneeded, symlinks=True)
    for shared in Path(here.prefix, "lib").glob("libpython*.so*"):
        shutil.copy2(shared, packages / "lib")
    (packages / "bin").mkdir()
    shutil.copy2(here.python, packages / "bin" / version)
    program = bubblewrap()
    if program is None:
        pytest.skip("bubblewrap is not installed")
    moved = Libraries(str(packages / "bin" / version), str(packages), ())
    code = "import os, subprocess, sys\nprint(os.listdir('/tmp'), sys.prefix, os.__file__)\n"
    code += "print(subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, text=True).stdout)"
    code += "\nlibraries = [line.split()[-1] for line in open('/proc/self/maps') if 'libpython' in line]"
    code += "\nprint(all(path.startswith('/box/python/') for path in libraries))"  # not one of the system's
    with Sandbox(program, moved, (), None) as sandbox:
        assert run(sandbox, code).stdout == f"[] /box/python /box/python/lib/{version}/os.py\n42\n\nTrue\n"


def test_a_zygote_with_a_second_thread_is_refused(packages: Path) -> None:
    (packages / "busy.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    )
    with _sandbox_with(packages, "busy") as sandbox, pytest.raises(SandboxUnavailable, match="2 threads"):
        sandbox.warm()


def test_a_package_that_fails_to_import_is_named_and_the_others_work(packages: Path) -> None:
    (packages / "broken.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')\n")
    with _sandbox_with(packages, "broken", "numpy") as sandbox:
        assert sandbox.warm() == {"broken": "RuntimeError: operator torchvision::nms does not exist"}
        assert run(sandbox, "import numpy\nprint(numpy.ones(2).sum())").stdout == "2.0\n"


def test_nothing_heavy_is_imported_inside_a_first_cell(warm: Sandbox) -> None:
    code = """
    import sys
    before = set(sys.modules)
    import matplotlib.pyplot as plt, numpy as np, torch
    plt.imshow(np.ones((2, 2))); plt.show()
    x = torch.ones(3, requires_grad=True)
    repr(x); (torch.nn.Linear(3, 1)(x) ** 2).sum().backward(); torch.optim.Adam([x]).step()
    late = {m for m in set(sys.modules) - before if m.split(".")[0] in ("torch", "matplotlib", "numpy", "PIL", "sympy")}
    print(len(late), sorted(late)[:20])
    """
    late = run(warm, textwrap.dedent(code), ROOMY).stdout
    assert int(late.split()[0]) <= 10, late


def test_objects_of_the_zygote_are_frozen_and_cuda_is_untouched(warm: Sandbox) -> None:
    code = "import gc, torch\nprint(gc.get_freeze_count() > 10_000, torch.cuda.is_initialized())"
    assert run(warm, code, ROOMY).stdout == "True False\n"


def test_tensor_operations_in_parallel_work_in_every_child(warm: Sandbox) -> None:
    code = "import torch\na = torch.ones(400, 400)\nprint(torch.get_num_threads(), (a @ a)[0, 0].item())"
    assert [run(warm, code, ROOMY).stdout for _ in range(3)] == ["2 400.0\n"] * 3


def test_a_grandchild_that_holds_the_output_open_does_not_stall_the_end(bare: Sandbox) -> None:
    limits = Limits(wall_s=20.0, memory_mb=160)
    result = run(bare, "import subprocess\nsubprocess.Popen(['sleep', '3600'])", limits)
    assert result.completed
    assert result.wall_s < limits.wall_s / 2


def test_an_exit_half_way_with_status_0_is_no_success(bare: Sandbox) -> None:
    assert run(bare, "print(1)\nimport os\nos._exit(0)").verdict is Verdict.ENDED_EARLY
