"""Notebooks become text cell by cell; a damaged one gives what it holds, or says where it is broken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.document import Block, ReadDocument
from ingest.errors import EmptySource, UnreadableSource
from ingest.readers import notebook
from knowledge.model import Cell


def cell(kind: str, source: str | list[str], **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "source": source, "metadata": {}, **more}


def read(*cells: Any, **metadata: Any) -> ReadDocument:
    tree = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    return notebook.read(json.dumps(tree).encode(), "nb.ipynb")


def shown(document: ReadDocument) -> list[tuple[int, str, str]]:
    def number(block: Block) -> int:
        assert isinstance(block.locator, Cell)
        return block.locator.number

    return [(number(b), b.kind.value, document.text[b.start : b.end]) for b in document.blocks]


def test_cells_are_counted_from_one_and_headings_run_over_them() -> None:
    document = read(
        cell("markdown", ["# Autograd\n", "\n", "Why."]),
        cell("code", "import torch\nx = torch.ones(2)", outputs=[]),
        cell("markdown", "## Gradients"),
        cell("code", "x.grad", outputs=[{"output_type": "execute_result", "data": {"text/plain": ["tensor(", "2.)"]}}]),
        kernelspec={"language": "Python"},
    )
    assert document.title == "Autograd"
    assert shown(document) == [
        (1, "heading", "# Autograd"),
        (1, "prose", "Why."),
        (2, "code", "import torch\nx = torch.ones(2)"),
        (3, "heading", "## Gradients"),
        (4, "code", "x.grad"),
        (4, "output", "tensor(2.)"),
    ]
    assert document.blocks[-1].heading_path == ("Autograd", "Gradients")
    assert document.blocks[2].language == "python"
    assert "```python\nx.grad\n```" in document.text


def test_magics_and_shell_lines_stay_and_a_cell_magic_names_the_language() -> None:
    document = read(
        cell("code", "!pip install torch\n%timeit f()"), cell("code", "%%bash\nls"), language_info={"name": "julia"}
    )
    assert [(b.language, document.text[b.start : b.end]) for b in document.blocks] == [
        ("julia", "!pip install torch\n%timeit f()"),
        ("bash", "%%bash\nls"),
    ]


def test_outputs_keep_what_is_text() -> None:
    outputs = [
        {"output_type": "stream", "text": ["10%\r", "100%\n", "\x1b[31mred\x1b[0m\n"]},
        {
            "output_type": "display_data",
            "data": {"image/png": "AAAA", "text/plain": "<Figure size 640x480 with 1 Axes>"},
        },
        {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["..."]},
    ]
    assert shown(read(cell("code", "f()", outputs=outputs)))[1] == (1, "output", "100%\nred\nValueError: no")


def test_an_endless_output_is_cut() -> None:
    log = {"output_type": "stream", "text": "loss 0.1\n" * 100_000}
    kept = shown(read(cell("code", "train()", outputs=[log])))[1][2]
    assert len(kept) < notebook.LONGEST_OUTPUT + 10


def test_damaged_cells_are_left_out_and_noted() -> None:
    document = read(cell("markdown", "Text"), {"cell_type": "code"}, 7, cell("code", "x = 1", outputs=[{"data": 5}]))
    assert shown(document)[0][0] == 1
    assert "2, 3" in document.notes[0]


def test_format_3_is_read() -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 1, "source": "Old", "metadata": {}},
                    {"cell_type": "code", "input": "print 1", "outputs": [], "language": "python", "metadata": {}},
                ],
                "metadata": {},
            }
        ],
    }
    document = notebook.read(json.dumps(old).encode(), "old.ipynb")
    assert document.title == "Old"
    assert shown(document)[1] == (2, "code", "print 1")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{\n "cells": [,\n', "line 2, column 12"),
        (b"[1, 2]", "no notebook"),
        (b'{"cells": []}', "no notebook"),
        (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
        (b'{"nbformat": 3}', "format 3"),
        (b"[" * 200_000, "too deeply"),
    ],
)
def test_what_is_no_notebook_is_refused_with_the_place(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableSource, match=words) as caught:
        notebook.read(content, "nb.ipynb")
    assert "nb.ipynb" in str(caught.value)


def test_a_notebook_without_content_says_so() -> None:
    with pytest.raises(EmptySource):
        read(cell("code", ""), cell("markdown", " "))
