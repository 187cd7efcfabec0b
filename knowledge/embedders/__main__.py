"""`python -m knowledge.embedders [MODEL]`: exports the embedding model and tries the backends, so no question waits."""

from __future__ import annotations

import sys

from knowledge.embedders.choice import prepare
from knowledge.errors import EmbedderUnavailable


def main(arguments: list[str]) -> int:
    """Return the exit code: 0 when a lean backend is ready, 1 when not, 2 for wrong use."""
    if len(arguments) > 1:
        sys.stderr.write("usage: python -m knowledge.embedders [MODEL]\n")
        return 2
    try:
        reports = prepare(*arguments)
    except EmbedderUnavailable as error:
        sys.stderr.write(f"embedding: {error}\n")
        return 1
    for report in reports:
        sys.stderr.write(f"embedding: {'*' if report.chosen else ' '} {report.backend:17} {report.why}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
