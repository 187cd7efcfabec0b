"""The installation's own secret, from which the inputs of judged cases are made."""

from __future__ import annotations

import os
from pathlib import Path


def judge_key(state: Path) -> bytes:
    """Return the secret, made at first use: whoever has a problem's folder cannot foresee its inputs.

    A state folder that cannot be written gives a new secret each time.
    """
    file = state / "judge.key"
    try:
        state.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(os.urandom(32))
        return file.read_bytes()
    except FileExistsError:
        return file.read_bytes()  # another process was first
    except OSError:
        return os.urandom(32)
