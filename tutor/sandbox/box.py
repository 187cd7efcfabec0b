"""The outer box: which folders a zygote may read, and the bubblewrap command that builds its view.

Nothing of ours but the `guest` folder is in it: our own packages are covered where they lie among the libraries, so
no submission can read hidden cases or a reference solution.
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

from .spec import SandboxUnavailable

GUEST_HOME = "/opt/erica"
PRIVATE = "/cell"  # here the zygote may write, and each cell mounts a tmpfs of its own
_ZYGOTES_OWN_BYTES = 64 << 20
_GUEST = Path(__file__).parent / "guest"
_OUR_ROOT = Path(__file__).resolve().parents[2]
_OUR_PACKAGES = ("tutor", "knowledge", "ingest")
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
_CONFIGURATION = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime", "/etc/mime.types")
SANDBOX_UID = 65534  # outside, where root builds the box: a user who owns nothing
STUDENT_UID = 1000  # inside
PREFERRED_LIBRARIES = ("numpy", "matplotlib", "torch", "torchvision", "open_clip")

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "USER": "student",
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

    def readable(self) -> list[str]:
        """Folders to bind read-only, the system's first, none inside another."""
        kept: list[str] = []
        for folder in ("/usr", self.prefix, *self.site_packages):
            if not any(folder == k or folder.startswith(k + "/") for k in kept):
                kept.append(folder)
        return kept

    def lie_below(self, folder: str) -> bool:
        """Whether one of the bound folders lies in `folder`, or is it."""
        return any(f == folder or f.startswith(folder + "/") for f in self.readable())

    def to_cover(self) -> list[str]:
        """Folders of ours that lie inside what is bound, each to be covered by an empty one."""
        bound = self.readable()
        candidates = [Path(f) / name for f in self.site_packages for name in _OUR_PACKAGES]
        candidates += [_OUR_ROOT / name for name in _OUR_PACKAGES]
        found = dict.fromkeys(str(c) for c in candidates if c.is_dir())
        return [f for f in found if any(f.startswith(b + "/") for b in bound)]


def libraries_used(code: str) -> tuple[str, ...]:
    """Which of the preferred libraries the code names; what a zygote for this code alone has to import."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    named = {a.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    named |= {(n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    return tuple(name for name in PREFERRED_LIBRARIES if name in named)


def bubblewrap() -> str | None:
    """Return the path of the `bwrap` program, or None where it is not installed."""
    return shutil.which("bwrap")


def command(program: str, libraries: Libraries, socket_number: int, preload: Sequence[str]) -> list[str]:
    """Return the bubblewrap command that starts a zygote which serves the given descriptor.

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
    words += _view(libraries, root)
    words += ["--chdir", "/", "--", libraries.python, "-I", "-S", "-c", _START]
    return [*words, json.dumps(_configuration(libraries, socket_number, preload, root))]


def _environment(libraries: Libraries) -> dict[str, str]:
    home, *others = _writable(libraries)
    temporary = "/tmp" if "/tmp" in others else home
    folders = {"HOME": home, "TMPDIR": temporary, "MPLCONFIGDIR": f"{temporary}/.matplotlib"}
    return {**_ENVIRONMENT, **folders, "PYTHONPATH": os.pathsep.join(libraries.site_packages)}


_START = f"import sys; sys.path.insert(0, {GUEST_HOME!r}); from guest.zygote import main; main()"


def _writable(libraries: Libraries) -> list[str]:
    """Return the folders a cell may write to: home first, then those for temporary files.

    A folder that holds a library is left out: the cell's own would cover it.
    """
    homes = ("/home/student", "/home/student-of-erica")
    home = next(folder for folder in homes if not libraries.lie_below(folder))
    return [home, *(folder for folder in ("/tmp", "/dev/shm") if not libraries.lie_below(folder))]


def _view(libraries: Libraries, root: bool) -> list[str]:
    words = ["--size", str(_ZYGOTES_OWN_BYTES), "--tmpfs", PRIVATE, *(("--chmod", "1777", PRIVATE) if root else ())]
    for folder in ("/tmp", _writable(libraries)[0]):
        words += ["--perms", "0755", "--dir", folder]
    guest = f"{GUEST_HOME}/guest"
    for source, target in (*((f, f) for f in libraries.readable()), (str(_GUEST), guest)):
        for parent in reversed(list(Path(target).parents)[:-1]):  # else bubblewrap closes some of them to others
            words += ["--perms", "0755", "--dir", str(parent)]
        words += ["--ro-bind", source, target]
    for name in _SYSTEM:
        if os.path.islink(name):
            words += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            words += ["--ro-bind", name, name]
    for name in _CONFIGURATION:
        words += ["--ro-bind-try", name, name]
    for folder in libraries.to_cover():
        words += ["--tmpfs", folder, "--remount-ro", folder]
    # As root bubblewrap covers parts of /proc, and the kernel then refuses a new /proc to every cell below.
    words += ["--dir", "/proc"] if root else ["--proc", "/proc"]
    return [*words, "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/"]


def _configuration(libraries: Libraries, socket_number: int, preload: Sequence[str], root: bool) -> dict[str, object]:
    readable = [*libraries.readable(), *(n for n in _SYSTEM if os.path.isdir(n)), "/etc", GUEST_HOME]
    return {
        "socket": socket_number,
        "uid": SANDBOX_UID if root else STUDENT_UID,
        "guest": GUEST_HOME,
        "site_packages": list(libraries.site_packages),
        "readable": readable,
        "writable": _writable(libraries),
        "environment": _environment(libraries),
        "preload": list(preload),
    }
