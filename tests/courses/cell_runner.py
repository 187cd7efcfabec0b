"""Runs code cells given as a JSON list on standard input and prints what became of each as JSON.

Started as a script in a process of its own. Each cell has a fresh namespace, or all share one with `--shared`.
Warnings are errors inside the cells, as they are in the tests.
"""

import contextlib
import io
import json
import os
import pathlib
import sys
import time
import traceback
import warnings


def run(code, namespace):
    printed = io.StringIO()
    started = time.perf_counter()
    error = ""
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "cell", "exec"), namespace)
    except BaseException:  # noqa: BLE001  a cell may raise anything, SystemExit included: the test reports it
        error = traceback.format_exc()
    return {"printed": printed.getvalue(), "error": error, "seconds": time.perf_counter() - started}


def make_lab_importable():
    """Finds the lab where the sandbox would show it, and open_clip beside any torchvision, as the sandbox does."""
    root = pathlib.Path(__file__).resolve().parents[2]
    sys.path += [str(root), str(root / "courses" / "multimodal-learning")]
    from knowledge.embedders.torchvision_guard import import_torchvision

    import_torchvision()
    import open_clip  # noqa: F401  the import is not part of a cell's time


def main():
    cells = json.load(sys.stdin)
    import numpy  # noqa: F401  the import is not part of a cell's time
    import torch

    torch.set_num_threads(1)
    if any("matplotlib" in code for code in cells):
        os.environ["MPLBACKEND"] = "agg"
        import matplotlib.pyplot  # noqa: F401  the import is not part of a cell's time
    if any("from lab import" in code for code in cells):
        make_lab_importable()
    torch.ones(2, requires_grad=True).sum().backward()  # starts autograd, which is slow the first time
    warnings.simplefilter("error")
    shared = {"__name__": "cell"}
    results = [run(code, shared if "--shared" in sys.argv else {"__name__": "cell"}) for code in cells]
    sys.stdout.write(json.dumps(results))


main()
