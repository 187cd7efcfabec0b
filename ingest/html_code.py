"""Programs on a page: their text as it was written, their language, and whether it is what a program printed.

Knows the class names of the common generators and highlighters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.html_tree import Node

_PREFIXED = re.compile(
    r"(?:language|lang|highlight-source|highlight|hl|src|brush|code)[-:_](?P<name>[a-z0-9+#_.-]{1,30})"
)
_NAMED = re.compile(r"[a-z0-9+#]{1,20}")
_LANGUAGES = {
    "py": "python", "python3": "python", "py3": "python", "ipython": "python", "ipython3": "python", "default": "",
    "sh": "bash", "shell": "bash", "zsh": "bash", "js": "javascript", "ts": "typescript", "yml": "yaml", "c++": "cpp",
    "jl": "julia", "rb": "ruby", "rs": "rust", "md": "markdown", "cs": "csharp", "c#": "csharp", "golang": "go",
    "txt": "", "text": "", "plaintext": "", "plain": "", "none": "", "no-highlight": "", "nohighlight": "",
    "notranslate": "", "unknown": "", "auto": "", "undefined": "",
}  # fmt: skip
_KNOWN = frozenset(
    "python bash javascript typescript java c cpp csharp go rust julia r ruby scala swift kotlin php perl lua sql html "
    "css xml json yaml toml ini makefile cmake dockerfile console pycon markdown latex matlab octave haskell lisp cuda "
    "fortran text diff stan".split()
)
_NOT_LANGUAGES = frozenset("line-numbers numbers wrap block container fold copy body header table tabs".split())
_CARRIERS = ("sourcecode", "highlight", "hljs", "prettyprint", "brush", "listing", "shiki", "src", "codehilite")
"""Classes beside which a bare word is a language: `sourceCode python`, `hljs python`."""
_GUTTER = frozenset(
    "lineno linenos linenodiv gutter line-numbers-rows hljs-ln-numbers rouge-gutter code-gutter ln lnt "
    "linenumber react-syntax-highlighter-line-number copybtn copy-button copy btn headerlink".split()
)
_PRINTED = frozenset(
    "output cell_output cell-output cell-output-stdout cell-output-stderr output_area output_text output_stream "
    "jp-outputarea jp-outputarea-output nboutput highlight-output text_plain stream highlight-myst-ansi "
    "language-output language-stdout sphx-glr-script-out".split()
)
_NEAR = 5
"""Levels above a program that may name its language or say that it was printed."""
_LINES = frozenset("div p li tr table".split())


def code_text(node: Node) -> str:
    """Return the lines of a program as written: no line numbers, buttons or prompts; no blank lines around."""
    parts: list[str] = []
    _collect(node, parts)
    text = "".join(parts).replace("\u00a0", " ").replace("\u200b", "")
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n")


def _collect(node: Node, parts: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.tag == "br":
            parts.append("\n")
        elif child.tag not in ("button", "script") and not child.classes & _GUTTER:
            own_line = child.tag in _LINES
            if own_line and parts and not parts[-1].endswith("\n"):
                parts.append("\n")
            _collect(child, parts)
            if own_line and parts and not parts[-1].endswith("\n"):
                parts.append("\n")


def language(node: Node, above: Sequence[Node]) -> str:
    """Return the language of a program in lower case, empty where none is named.

    Args:
        node: the `pre` or `code` element.
        above: the elements it stands in, outermost first.
    """
    inner = node.first("code")
    near = [*([inner] if inner is not None and inner is not node else []), node, *reversed(above[-_NEAR:])]
    for one in near:
        named = _named(one)
        if named is not None:
            return named
    return ""


def _named(node: Node) -> str | None:
    """Return the language that an element names; empty where it says that there is none."""
    for key in ("data-lang", "data-language", "data-enlighter-language", "data-code-language"):
        if node.get(key).strip():
            return _plain(node.get(key).strip().lower())
    words = node.get("class").lower().replace("brush: ", "brush:").replace(";", " ").split()
    for word in words:
        match = _PREFIXED.fullmatch(word)
        if match is not None and match["name"] not in _NOT_LANGUAGES and not match["name"].startswith("myst"):
            return _plain(match["name"])
    if node.tag in ("pre", "code", "div", "figure") and any(word.startswith(_CARRIERS) for word in words):
        return next((_plain(word) for word in words if _LANGUAGES.get(word, word) in _KNOWN), None)
    lang = node.get("lang").lower() if node.tag in ("pre", "code") else ""
    return _plain(lang) if _LANGUAGES.get(lang, lang) in _KNOWN else None


def _plain(name: str) -> str:
    """Return one name for each language; what can be none is empty."""
    name = _LANGUAGES.get(name, name)
    return name if _NAMED.fullmatch(name) else ""


def printed(node: Node, above: Sequence[Node]) -> bool:
    """Return whether a program printed this text."""
    return any(one.classes & _PRINTED for one in (node, *above[-_NEAR:]))
