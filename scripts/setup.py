"""Sets Erica up in its own virtual environment: `python3 scripts/setup.py [run|test]`.

Standard library only, so that any Python from 3.11 on can start it. Safe to run again: a stamp holds what was
installed, and an unchanged project is left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"
PURPOSES = {
    # purpose: (extras, dependency groups, Debian packages by the program that shows them installed)
    "run": ("weights,openvino", (), {"bwrap": ["bubblewrap"]}),
    "test": ("weights,openvino,embedded", ("dev",), {"bwrap": ["bubblewrap"], "chromium": ["chromium"]}),
}


def main(arguments: list[str]) -> int:
    purpose = arguments[0] if arguments else "run"
    if purpose not in PURPOSES or len(arguments) > 1:
        print(f"usage: setup.py [{'|'.join(PURPOSES)}]", file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):
        print(f"Erica needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    extras, groups, programs = PURPOSES[purpose]
    install_programs(programs)
    stamp = VENV / f".erica-{purpose}"
    wanted = fingerprint(extras, groups)
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    if not works():
        say("making the virtual environment .venv")
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
        if made.returncode != 0:
            say("the environment could not be made; on Debian and Ubuntu: sudo apt-get install python3-venv")
            return 1
        pip("install", "--upgrade", "pip")
    install_torch()
    say("installing Erica and what it needs (some minutes the first time)")
    group_options = [option for group in groups for option in ("--group", f"{ROOT / 'pyproject.toml'}:{group}")]
    pip("install", "--constraint", str(CONSTRAINTS), "--editable", f"{ROOT}[{extras}]", *group_options)
    say("preparing the embedding model")
    run([str(python()), "-m", "knowledge.embedders"])
    stamp.write_text(wanted)
    return 0


def python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works() -> bool:
    """Return whether the environment is there and whole: an interrupted set-up leaves one without pip."""
    if not python().exists():
        return False
    return subprocess.run([str(python()), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def pip(*arguments: str) -> None:
    run([str(python()), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments])


def run(command: list[str]) -> None:
    subprocess.run(command, check=True)


def say(text: str) -> None:
    print(f"setup: {text}", file=sys.stderr, flush=True)


def fingerprint(extras: str, groups: tuple[str, ...]) -> str:
    """Name what an installation depends on, so that an unchanged project is not installed again."""
    digest = hashlib.sha256()
    for part in (Path(__file__), ROOT / "pyproject.toml", CONSTRAINTS):
        digest.update(part.read_bytes())
    return f"{digest.hexdigest()} {extras} {groups} {ROOT} {sys.version.split()[0]}"


def torch_pin() -> str:
    lines = CONSTRAINTS.read_text().splitlines()
    return next(line.strip() for line in lines if line.startswith("torch=="))


def install_torch() -> None:
    """Install the CPU build of torch where no GPU is present: the default Linux build brings gigabytes of CUDA."""
    if subprocess.run([str(python()), "-c", "import torch"], capture_output=True, check=False).returncode == 0:
        return
    pin = torch_pin()
    if Path("/dev/nvidia0").exists() or not default_torch_brings_cuda(pin):
        say(f"installing {pin}")
        pip("install", pin)
        return
    # uv knows where the CPU builds are kept; pip would need to be told.
    say(f"no GPU here: installing the CPU build of {pin}")
    pip("install", "uv")
    run([str(python()), "-m", "uv", "pip", "install", "--python", str(python()), "--torch-backend", "cpu", pin])


def default_torch_brings_cuda(pin: str) -> bool:
    """Ask pip what it would install, without installing it."""
    command = [str(python()), "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps", "--report", "-", pin]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    metadata = json.loads(answer.stdout)["install"][0]["metadata"]
    needs = " ".join(metadata.get("requires_dist", []))
    return sys.platform == "linux" and ("nvidia" in needs or "cuda" in needs)


def install_programs(programs: dict[str, list[str]]) -> None:
    """Install missing Debian packages as root; otherwise say what to install and go on without them."""
    missing = [package for program, packages in programs.items() if not shutil.which(program) for package in packages]
    if not missing:
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        say(f"installing {' '.join(missing)}")
        quiet = {"stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        subprocess.run(command, check=True, env=environment, **quiet)
    else:
        say(f"not installed: {', '.join(missing)}. For all functions: sudo apt-get install {' '.join(missing)}")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        say(f"this step failed, and is tried again by the same command: {' '.join(map(str, error.cmd))}")
        sys.exit(1)
