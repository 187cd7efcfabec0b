"""The outer box: which folders a zygote may read, and the bubblewrap command that builds its view.

Nothing of ours but the `guest` folder and the lab of the bundled course is in it: our own packages, and a checkout
below `/usr`, are covered, so no submission can read hidden cases or a reference solution. A virtual environment may lie
anywhere, below `/tmp` and `/home` too: its packages are shown at a place of its own, never where a cell has
its private folders.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .devices import READABLE_SYSTEM, Device
from .spec import SandboxUnavailable

GUEST_HOME = "/box/ours"
_PACKAGES = "/box/packages"
_MOVED_PYTHON = "/box/python"
PRIVATE = "/cell"  # here the zygote may write, and each cell mounts a tmpfs of its own
HOME = "/home/student"
WRITABLE = (HOME, "/tmp", "/dev/shm")  # each cell's own, home first; nothing the machine has there is in the box
_ZYGOTES_OWN_BYTES = 64 << 20
GUEST = Path(__file__).parent / "guest"
LAB = next(
    (
        folder
        for base in (Path(__file__).parents[1], Path(__file__).parents[2])  # a wheel has the courses inside `tutor`
        if (folder := base / "courses/multimodal-learning/lab").is_dir()
    ),
    None,
)
"""The bundled course's lab, which cells import as `lab`: code and weights that hold no answer to any problem."""
_LAB_NEEDS = frozenset({"numpy", "torch", "open_clip"})
_OUR_ROOT = Path(__file__).resolve().parents[2]
_OUR_PACKAGES = ("tutor", "knowledge", "ingest")
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime", "/etc/mime.types")
SANDBOX_UID = 65534  # outside, where root builds the box: a user who owns nothing
STUDENT_UID = 1000  # inside
PREFERRED_LIBRARIES = ("numpy", "matplotlib", "torch", "torchvision", "open_clip")

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "USER": "student",
    "HOME": HOME,
    "TMPDIR": "/tmp",
    "MPLCONFIGDIR": "/tmp/.matplotlib",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://guest.figures",
    "OPENBLAS_NUM_THREADS": "1",  # a worker thread in the zygote would not survive its forks
    "HF_HUB_OFFLINE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # asking for CUDA must not start it before a fork
}


@dataclass(frozen=True)
class Libraries:
    """The Python that runs cells, and the folders its packages are read from."""

    python: str
    prefix: str
    site_packages: tuple[str, ...]

    @classmethod
    def of_this_python(cls) -> Libraries:
        """Return the interpreter behind this one (past a virtual environment) with this environment's packages."""
        packages = [entry for entry in sys.path if os.path.basename(entry) in ("site-packages", "dist-packages")]
        folders = dict.fromkeys(os.path.realpath(entry) for entry in packages)
        prefix = os.path.realpath(sys.base_prefix)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        candidates = [os.path.join(prefix, "bin", version), sys.executable, "/proc/self/exe"]
        found = [os.path.realpath(c) for c in candidates if os.access(c, os.R_OK | os.X_OK)]
        if not found:
            raise SandboxUnavailable(f"no readable Python {version} below {prefix} to run cells with")
        return cls(found[0], prefix, tuple(f for f in folders if os.path.isdir(f)))

    def shown(self) -> dict[str, str]:
        """Return the folders to bind read-only, each with the place where the box shows it.

        The system and the Python keep their places, since programs hold absolute paths to their shared libraries; only
        a Python that lies where a cell has its own folders moves. Packages find their neighbours by relative paths, so
        those of the Python itself stay below it and all others move.
        """
        moves = any(_inside(self.prefix, own) for own in WRITABLE)
        places = {"/usr": "/usr"}
        if not _inside(self.prefix, "/usr"):
            places[self.prefix] = _MOVED_PYTHON if moves else self.prefix
        for number, folder in enumerate(self.site_packages):
            if not any(_inside(folder, f"{self.prefix}/{lib}") for lib in ("lib", "lib64")):
                places[folder] = f"{_PACKAGES}/{number}"
        return places

    def places_of(self, path: str) -> list[str]:
        """Return every place where the box shows the path, the one that cells use last."""
        return [place + path[len(source) :] for source, place in self.shown().items() if _inside(path, source)]

    def packages_shown(self) -> list[str]:
        """Return where a cell finds each of the package folders."""
        return [self.places_of(folder)[-1] for folder in self.site_packages]

    def python_shown(self) -> str:
        """Return the Python that runs cells, as the box names it."""
        return (self.places_of(self.python) or [self.python])[-1]

    def to_cover(self) -> list[str]:
        """Return the places in the box where folders of ours would show, each to be covered by an empty one."""
        candidates = [os.path.join(folder, name) for folder in self.site_packages for name in _OUR_PACKAGES]
        if str(_OUR_ROOT) not in self.site_packages:  # a checkout: its courses hold cases too
            candidates.append(str(_OUR_ROOT))
        found = dict.fromkeys(folder for folder in candidates if os.path.isdir(folder))
        return [place for folder in found for place in self.places_of(folder)]


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")


def libraries_used(code: str) -> tuple[str, ...]:
    """Which of the preferred libraries the code names; what a zygote for this code alone has to import."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    named = {a.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    named |= {(n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    named |= _LAB_NEEDS if "lab" in named else set()
    return tuple(name for name in PREFERRED_LIBRARIES if name in named)


def bubblewrap() -> str | None:
    """Return the path of the `bwrap` program, or None where it is not installed."""
    return shutil.which("bwrap")


def command(
    program: str, libraries: Libraries, socket_number: int, preload: Sequence[str], device: Device | None = None
) -> list[str]:
    """Return the bubblewrap command that starts a zygote which serves the given descriptor; `device` is shown in it.

    As root, bubblewrap builds the mounts with root's rights (so that an interpreter below /root can be bound) and the
    zygote leaves root at once; otherwise it works in a user namespace of its own.
    """
    root = os.geteuid() == 0
    words = [program, "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    if root:
        words += ["--cap-drop", "ALL"]
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SYS_ADMIN"):  # to mount /proc and leave root, at once
            words += ["--cap-add", capability]
    else:
        words += ["--unshare-user", "--uid", str(STUDENT_UID), "--gid", str(STUDENT_UID), "--cap-drop", "ALL"]
    words += ["--hostname", "sandbox", "--new-session", "--die-with-parent", "--as-pid-1", "--clearenv"]
    own = {"HOME": PRIVATE, "TMPDIR": PRIVATE, "MPLCONFIGDIR": f"{PRIVATE}/matplotlib"}  # each cell covers it
    for name, value in {**_environment(libraries), **own}.items():
        words += ["--setenv", name, value]
    words += _view(libraries, root, device)
    words += ["--chdir", "/", "--", libraries.python_shown(), "-I", "-S", "-c", _START]
    return [*words, json.dumps(_configuration(libraries, socket_number, preload, device))]


def system_folders() -> tuple[str, ...]:
    """Return the system's folders of programs and libraries that are there."""
    return tuple(name for name in _SYSTEM if os.path.isdir(name))


def guest_environment() -> dict[str, str]:
    """Return the variables that every cell has, whatever its box."""
    return dict(_ENVIRONMENT)


def _environment(libraries: Libraries) -> dict[str, str]:
    environment = {**_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(libraries.packages_shown())}
    if _MOVED_PYTHON in libraries.shown().values():  # built shared, it holds the absolute path of its own library
        environment["LD_LIBRARY_PATH"] = f"{_MOVED_PYTHON}/lib"
    return environment


_START = f"import sys; sys.path.insert(0, {GUEST_HOME!r}); from guest.zygote import main; main()"


def _view(libraries: Libraries, root: bool, device: Device | None) -> list[str]:
    words = ["--size", str(_ZYGOTES_OWN_BYTES), "--tmpfs", PRIVATE, *(("--chmod", "1777", PRIVATE) if root else ())]
    for folder in ("/tmp", HOME):
        words += ["--perms", "0755", "--dir", folder]
    ours = [(str(GUEST), f"{GUEST_HOME}/guest"), *([(str(LAB), f"{GUEST_HOME}/lab")] if LAB else [])]
    for source, target in (*libraries.shown().items(), *ours):
        for parent in reversed(list(Path(target).parents)[:-1]):  # else bubblewrap closes some of them to others
            words += ["--perms", "0755", "--dir", str(parent)]
        words += ["--ro-bind", source, target]
    for name in _SYSTEM:
        if os.path.islink(name):
            words += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            words += ["--ro-bind", name, name]
    for name in SYSTEM_FILES:
        words += ["--ro-bind-try", name, name]
    for folder in libraries.to_cover():
        words += ["--tmpfs", folder, "--remount-ro", folder]
    # As root bubblewrap covers parts of /proc, and the kernel then refuses a new /proc to every cell below.
    words += ["--dir", "/proc"] if root else ["--proc", "/proc"]
    words += ["--dev", "/dev"]
    if device is not None:  # `--dev-bind`: an ordinary bind is mounted `nodev`, and the driver then refuses
        words += [word for node in device.nodes for word in ("--dev-bind-try", node, node)]
        words += [word for folder in READABLE_SYSTEM for word in ("--ro-bind-try", folder, folder)]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/"]


def _configuration(
    libraries: Libraries, socket_number: int, preload: Sequence[str], device: Device | None
) -> dict[str, object]:
    readable = [*libraries.shown().values(), *system_folders(), "/etc", GUEST_HOME]
    readable += READABLE_SYSTEM if device else ()
    return {
        "socket": socket_number,
        "isolated": True,
        "uid": SANDBOX_UID if os.geteuid() == 0 else STUDENT_UID,
        "guest": GUEST_HOME,
        "site_packages": libraries.packages_shown(),
        "readable": readable,
        "writable": list(WRITABLE),
        "environment": _environment(libraries),
        "preload": list(preload),
        "devices": list(device.nodes) if device else [],
    }
