"""The direction of dependency, and what may be imported at the top of a module, are held by these tests."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("knowledge", "ingest", "tutor")
FACES = ("tutor/cli.py", "tutor/cli_", "tutor/service.py", "tutor/ui/")
HEAVY = {
    "chromadb", "langchain", "langchain_core", "langchain_ollama", "langchain_openai", "nbformat", "ollama", "onnx",
    "onnxruntime", "open_clip", "openvino", "pypdfium2", "sentence_transformers", "streamlit", "torch", "torchvision",
    "transformers",
}  # fmt: skip
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imported(tree: ast.AST, package: tuple[str, ...]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield from (module, *(f"{module}.{alias.name}" for alias in node.names))


def imports_of(path: Path) -> set[str]:
    package = path.relative_to(ROOT).parent.parts
    return set(imported(ast.parse(path.read_text(encoding="utf-8")), package))


def top_level_imports(path: Path) -> set[str]:
    """Imports that run when the module is imported: not inside functions, not for type checking."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()

    def visit(body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                continue
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            found.update(imported(node, ())) if isinstance(node, ast.Import | ast.ImportFrom) else None
            for field in ("body", "orelse", "handlers", "finalbody"):
                inner = getattr(node, field, [])
                visit([s for s in inner if isinstance(s, ast.stmt)])

    visit(tree.body)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_dependencies_point_to_knowledge(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    room = name.split("/")[0]
    others = {module.split(".")[0] for module in imports_of(path)} & set(PACKAGES) - {room}
    allowed = {"knowledge": set(), "ingest": {"knowledge"}, "tutor": {"knowledge"}}[room]
    if name.startswith(FACES):
        allowed = {"knowledge", "ingest"}
    if name.startswith("tutor/sandbox/"):
        allowed = set()
        assert not {m for m in imports_of(path) if m.startswith("tutor.") and not m.startswith("tutor.sandbox")}
    assert others <= allowed


def test_no_modules_import_each_other_in_a_circle() -> None:
    known = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in FILES}
    sorter = TopologicalSorter({name: imports_of(path) & known.keys() - {name} for name, path in known.items()})
    sorter.prepare()  # raises CycleError, which names the circle


def test_the_domain_values_import_the_standard_library_alone() -> None:
    assert {module.split(".")[0] for module in imports_of(ROOT / "knowledge/model.py")} <= sys.stdlib_module_names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_imports_a_heavy_package_at_its_top(path: Path) -> None:
    if path.relative_to(ROOT).as_posix().startswith("tutor/ui/"):
        pytest.skip("pages are streamlit's own; nothing else imports them")
    assert {module.split(".")[0] for module in top_level_imports(path)} & HEAVY == set()


def test_asking_for_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from tutor.cli import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(ast.literal_eval(done.stderr.strip().splitlines()[-1]))
    assert loaded & (HEAVY | {"numpy", "networkx", "rich", "pydantic"}) == set()
    assert "usage: erica" in done.stdout


def test_files_and_parameters_stay_small() -> None:
    too_long = [str(path) for path in FILES if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    assert too_long == []
