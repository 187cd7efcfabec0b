"""One lesson in the dress of the programs that make course sites: the same teaching text, their markup around it.

The pages are in `tests/fixtures/pages`; their markup follows what each program writes, all words are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SENTENCES = (
    "Gradient descent follows the negative gradient downhill.",
    "A learning rate that is too large makes the loss diverge.",
    "Momentum keeps a running average of past gradients.",
    "Nesterov momentum looks ahead before it steps.",
)
"""The first stands in the opening, the others under the headings `Learning rate`, `Momentum`, `Nesterov`."""
CODE = "def step(w, grad, lr=0.1):\n    return w - lr * grad"
FRAME = (
    "SiteLogo", "ChapterOne", "ChapterTwo", "Accept all cookies", "Was this page helpful", "All rights reserved",
    "Leave a comment", "Ten tricks you may like", "Subscribe to our newsletter", "trackVisitor",
)  # fmt: skip
"""Words that stand on the pages and teach nothing."""
STYLES: Mapping[str, str] = {
    "sphinx": "Sphinx 7 with the Read the Docs theme and MathJax 3, before its scripts ran",
    "jupyter_book": "Jupyter Book 1 (pydata-sphinx-theme), MathJax 3 ran, cells with outputs",
    "mkdocs": "MkDocs with Material 9, KaTeX ran",
    "docusaurus": "Docusaurus 3 with KaTeX display formulas, tabs and Prism code",
    "quarto": "Quarto 1.4 book chapter with MathJax source spans, a folded cell and a callout",
    "by_hand": "A lecturer's page of 1999, tags unclosed, anchors by name, a layout table",
    "wordpress": "WordPress 6 with a classic theme: sidebar, sharing, related posts, comments; MathJax 2 ran",
    "nbconvert": "nbconvert 7, the lab template: a notebook as a page",
}
"""What made the page, by the name of its file."""

_FOLDER = Path(__file__).parents[2] / "fixtures" / "pages"


def page(style: str) -> bytes:
    """Return the page of a style."""
    return (_FOLDER / f"{style}.html").read_bytes()
