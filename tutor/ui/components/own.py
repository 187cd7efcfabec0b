"""Registers a component of ours: its script is served as a file, once, where Streamlit can; else sent with the page.

A folder holds `built/NAME.html`, `.css` and `.js`, which are committed; where a script is built from sources, these,
the build script and the licences of what it contains lie beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_FOLDER = Path(__file__).parent
_DISTRIBUTION = "erica-tutor"
_registered: dict[tuple[str, int], ComponentRenderer] = {}


def own_component(name: str) -> ComponentRenderer:
    """Return what mounts the component of that name, registered with the server that runs now.

    Streamlit finds the files of a component by scanning installed distributions for a `pyproject.toml`, which a wheel
    of three packages does not carry; so the folder is named to it directly.
    """
    import streamlit as st
    from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
    from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

    server = get_bidi_component_manager()
    known = _registered.get((name, id(server)))
    if known is not None:
        return known
    full_name, built = f"{_DISTRIBUTION}.{name}", _FOLDER / name / "built"
    server.register_from_manifest(ComponentManifest(_DISTRIBUTION, "1", [ComponentConfig(name, "built")]), built.parent)
    made = st.components.v2.component(
        full_name, html=(built / f"{name}.html").read_text("utf-8"), css=f"{name}.css", js=f"{name}.js"
    )
    _registered[(name, id(server))] = made
    return made
