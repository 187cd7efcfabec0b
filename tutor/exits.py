"""Exit codes of the `erica` command, and how its commands speak: one JSON object, or one complaint."""

from __future__ import annotations

import json
import sys

OK, FAILED, USAGE, PARTIAL, UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130


def complain(message: object, code: int) -> int:
    """Write the message to standard error as one line of ours; return the exit code."""
    sys.stderr.write(f"erica: {message}\n")
    return code


def print_json(value: object, *, ascii_only: bool = False) -> None:
    """Write one JSON object to standard output.

    Args:
        value: what json can say.
        ascii_only: escape everything else; for text of foreign processes, which may hold half a character.
    """
    sys.stdout.write(json.dumps(value, ensure_ascii=ascii_only, indent=2) + "\n")
