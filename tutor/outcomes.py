"""What a run in the sandbox says about a cell: verified, failed, or not run; pure.

What the cell's own process said is shown, and can make a cell look worse than it is, never better: only the host's
verdict `completed` leads to verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from knowledge.wording import one_line, printable
from tutor.lesson import CellStatus
from tutor.run_cache import CellRun
from tutor.sandbox import CellResult, Verdict

MOST_CHARS = 4_000
MOST_FIGURES, MOST_FIGURE_CHARS = 4, 400_000
_REASON_CHARS = 300
_NON_FINITE = re.compile(r"(?<![\w.])[-+]?(?:nan|inf)(?!\w)")
"""As Python, NumPy and torch print it; `NaN` is how tables show a missing entry, which is no mistake."""
_MEANT = re.compile(r"\b(?:nan|inf|infinity|isnan|isinf|isfinite|nan_to_num)\b", re.I)
_NETWORK_ERRORS = frozenset(
    "ConnectError ConnectionError ConnectTimeout ConnectTimeoutError gaierror HfHubHTTPError LocalEntryNotFoundError "
    "MaxRetryError NameResolutionError NewConnectionError OfflineModeIsEnabled ProxyError URLError".split()
)
_NETWORK_WORDS = re.compile(r"couldn't connect to|cannot reach|offline mode|HF_HUB_OFFLINE|Errno -[235]\]", re.I)
_UNBOUND = re.compile(r"name '(\w+)' is not defined")
_GPU_WORDS = re.compile(r"not compiled with CUDA|no NVIDIA driver|no CUDA-capable device|No CUDA GPUs", re.I)


def outcome_of(result: CellResult, code: str) -> CellRun:
    """Return what the result says about the code that gave it."""
    outputs, figures = tuple(_texts(result)), tuple(_figures(result))[:MOST_FIGURES]
    match result.verdict:
        case Verdict.COMPLETED:
            strange = "" if _MEANT.search(code) else _non_finite_line(outputs)
            if strange:
                return CellRun(CellStatus.FAILED, f"it ran, but shows no finite number: {strange}", outputs, figures)
            return CellRun(CellStatus.VERIFIED, f"in the sandbox, in {result.wall_s:.2f} s", outputs, figures)
        case Verdict.REFUSED:
            return CellRun(CellStatus.NOT_RUN, one_line(result.reason), lasting=False)
        case Verdict.CANCELLED:
            return CellRun(CellStatus.NOT_RUN, "it was stopped before it was through", lasting=False)
        case Verdict.ERROR:
            return _of_error(result, outputs, figures)
        case _:
            return CellRun(CellStatus.FAILED, one_line(result.reason), outputs, figures)


def missing_name(result: CellResult) -> str:
    """Return the name that the cell asked for and nothing had bound; "" where it ended otherwise."""
    error = _error(result) if result.verdict is Verdict.ERROR else {}
    found = _UNBOUND.match(str(error.get("evalue", ""))) if error.get("ename") == "NameError" else None
    return found[1] if found else ""


def _error(result: CellResult) -> Mapping[str, Any]:
    return next((output.content for output in reversed(result.outputs) if output.kind == "error"), {})


def _of_error(result: CellResult, outputs: tuple[str, ...], figures: tuple[str, ...]) -> CellRun:
    error = _error(result)
    name, words, line = (str(error.get(key, "")) for key in ("ename", "evalue", "line"))
    if name == "ModuleNotFoundError":
        return CellRun(CellStatus.NOT_RUN, f"it needs a package that is not installed here ({_short(words)})")
    if name in _NETWORK_ERRORS or _NETWORK_WORDS.search(words):
        return CellRun(CellStatus.NOT_RUN, f"it needs the network, which no cell has ({name})")
    if _GPU_WORDS.search(words):
        return CellRun(CellStatus.NOT_RUN, "it asks for a GPU, and cells get none here")
    last = _short(": ".join(part for part in (name, words) if part) or result.reason)
    return CellRun(CellStatus.FAILED, f"{last} (line {line})" if line.isdigit() else last, outputs, figures)


def _short(words: str) -> str:
    line = one_line(words)
    return line if len(line) <= _REASON_CHARS else f"{line[: _REASON_CHARS - 1]}…"


def _texts(result: CellResult) -> Iterator[str]:
    """Yield what a reader sees of the run: what it printed, then its values; figures aside."""
    forms = [output.content.get("data", {}) for output in result.outputs if "data" in output.content]
    values = [str(form["text/plain"]) for form in forms if "text/plain" in form and "image/png" not in form]
    for text in (result.stdout, *values):
        clean = printable(text).rstrip()
        if clean:
            yield clean if len(clean) <= MOST_CHARS else f"{clean[:MOST_CHARS]}\n…"


def _figures(result: CellResult) -> Iterator[str]:
    for output in result.outputs:
        png = output.content.get("data", {}).get("image/png") if "data" in output.content else None
        if png and len(png) <= MOST_FIGURE_CHARS:
            yield str(png)


def _non_finite_line(outputs: tuple[str, ...]) -> str:
    lines = (line for text in outputs for line in text.splitlines())
    return next((_short(line) for line in lines if _NON_FINITE.search(line)), "")
