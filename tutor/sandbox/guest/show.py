"""What a cell shows: values and figures as Jupyter message contents.

Knows the rich forms of a value (`_repr_png_` and its kin). HTML and SVG are active content and are sent only when
the host asked for them.
"""

from __future__ import annotations

import base64
import pprint
import sys
import types
from collections.abc import Callable
from typing import Any, Protocol

_MOST_CHARACTERS = 100_000
_PASSIVE = {"image/png": "_repr_png_", "image/jpeg": "_repr_jpeg_", "text/markdown": "_repr_markdown_"}
_PASSIVE |= {"text/latex": "_repr_latex_"}
_ACTIVE = {"text/html": "_repr_html_", "image/svg+xml": "_repr_svg_"}


class Tell(Protocol):
    """Sends one message to the host."""

    def __call__(self, kind: str, **content: object) -> None:
        """Send it."""


def plain(value: object, limit: int = _MOST_CHARACTERS) -> str:
    """Return the value's repr, at most `limit` characters, on several lines for long containers."""
    if isinstance(value, list | dict | tuple | set) and len(value) <= 10_000:
        text = pprint.pformat(value, width=100, compact=True, sort_dicts=False)
    else:
        text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


class Display:
    """Sends values and figures, within the cell's allowance of images."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self._images_left = 0
        self._image_bytes_left = 0
        self._active = False
        self._next_handle = 0
        self._said_enough = False

    def begin(self, order: dict[str, Any]) -> None:
        """Return a new cell with its own allowance."""
        self._images_left = order["images"]
        self._image_bytes_left = order["image_bytes"]
        self._active = order["active_content"]
        self._said_enough = False

    def show(self, *values: object, **options: object) -> object:
        """Show values, as notebooks do. With `display_id`, return a handle whose `update` replaces what is shown."""
        handle = None
        transient: dict[str, object] = {}
        if options.get("display_id"):
            self._next_handle += 1
            name = options["display_id"]
            handle = Handle(str(name) if name is not True else f"display-{self._next_handle}", self)
            transient = {"display_id": handle.display_id}
        for value in values:
            self._send("display_data", self._bundle(value), transient)
        return handle

    def result(self, value: object, count: int) -> None:
        """Return the value of a cell's last expression."""
        data = self._bundle(value)
        if data:
            self.tell("execute_result", content={"data": data, "metadata": {}, "execution_count": count})

    def update(self, display_id: str, value: object) -> None:
        """Replace what was shown under the name."""
        self._send("update_display_data", self._bundle(value), {"display_id": display_id})

    def clear(self, wait: bool = False) -> None:
        """Asks the page to forget what this cell has shown so far."""
        self.tell("clear_output", content={"wait": bool(wait)})

    def _send(self, kind: str, data: dict[str, str], transient: dict[str, object]) -> None:
        if data:
            self.tell(kind, content={"data": data, "metadata": {}, "transient": transient})

    def _bundle(self, value: object) -> dict[str, str]:
        data = {"text/plain": plain(value)}
        for mime, method in {**_PASSIVE, **(_ACTIVE if self._active else {})}.items():
            make = getattr(type(value), method, None)
            form = make(value) if callable(make) else None
            form = form[0] if isinstance(form, tuple) and form else form
            if isinstance(form, bytes) and self._may_show(len(form)):
                data[mime] = base64.b64encode(form).decode("ascii")
            elif isinstance(form, str):
                data[mime] = form[:_MOST_CHARACTERS]
        return data

    def _may_show(self, size: int) -> bool:
        """Take one image of `size` bytes from the allowance; says once when it is used up."""
        if self._images_left <= 0 or self._image_bytes_left < size:
            if not self._said_enough:
                print("(further images of this cell are not shown: its allowance is used up)", file=sys.stderr)  # noqa: T201
            self._said_enough = True
            return False
        self._images_left -= 1
        self._image_bytes_left -= size
        return True

    def flush_figures(self, quiet: bool = False) -> None:
        """Send every open matplotlib figure, in the order they were made, and closes them."""
        if "matplotlib.pyplot" not in sys.modules:
            return
        from . import figures  # it imports matplotlib

        for png, words in figures.take_all(quiet):
            data = {"text/plain": words}
            if self._may_show(len(png)):
                data["image/png"] = base64.b64encode(png).decode("ascii")
                self._send("display_data", data, {})

    def stand_in_for_ipython(self) -> None:
        """`IPython.display` with the functions that course notebooks use, whether IPython is there or not."""
        module = types.ModuleType("IPython.display", "The parts of IPython.display that a cell can use here.")
        members: dict[str, object] = {"display": self.show, "clear_output": self.clear, "Image": Image}
        for name, method in _TEXT_FORMS.items():
            members[name] = _text_class(name, method)
        vars(module).update(members)
        package = types.ModuleType("IPython")
        version = {"version_info": (8, 24, 0, ""), "__version__": "8.24.0"}  # matplotlib asks how to show figures
        vars(package).update({"display": module, "get_ipython": lambda: None, "__path__": [], **version})
        sys.modules.update({"IPython": package, "IPython.display": module})


class Handle:
    """A place in the output that can be replaced."""

    def __init__(self, display_id: str, display: Display) -> None:
        self.display_id = display_id
        self._display = display

    def update(self, value: object) -> None:
        """Show another value in the same place."""
        self._display.update(self.display_id, value)


class Image:
    """A PNG from bytes or from a file the cell wrote."""

    def __init__(self, data: bytes | str | None = None, filename: str | None = None, **_options: object) -> None:
        path = filename or (data if isinstance(data, str) else None)
        if path is not None:
            with open(path, "rb") as file:
                self.content = file.read()
        else:
            self.content = data if isinstance(data, bytes) else b""

    def _repr_png_(self) -> bytes | None:
        return self.content if self.content.startswith(b"\x89PNG") else None

    def _repr_jpeg_(self) -> bytes | None:
        return self.content if self.content.startswith(b"\xff\xd8") else None


_TEXT_FORMS = {
    "HTML": "_repr_html_",
    "Markdown": "_repr_markdown_",
    "Latex": "_repr_latex_",
    "Math": "_repr_latex_",
    "SVG": "_repr_svg_",
}


def _text_class(name: str, method: str) -> type:
    """Return a class as IPython has it, that shows its text in one form."""

    def make(self: Any, data: str = "", **_options: object) -> None:
        self.data = data

    form: Callable[[Any], str] = lambda self: f"$${self.data}$$" if name == "Math" else str(self.data)  # noqa: E731
    return type(name, (), {"__init__": make, method: form, "__repr__": lambda self: str(self.data)})
