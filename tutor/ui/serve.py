"""Starts the page's server: Streamlit in this process, on this machine only."""

from __future__ import annotations

import os
from pathlib import Path

from tutor.settings import Settings

PAGE = Path(__file__).with_name("page.py")


def arguments(port: int, *, browser: bool, read_only: bool = False) -> list[str]:
    """Return what Streamlit's command line is given; the page's look and address stand in the settings beside it."""
    own = ["--", "--read-only"] if read_only else []
    options = {
        "server.port": str(port),
        "server.headless": "false" if browser else "true",
        "server.showEmailPrompt": "false",
    }
    return ["run", str(PAGE), *(f"--{name}={value}" for name, value in options.items()), *own]


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables by which the page finds the library and the conversations in force here."""
    return {
        "ERICA_LIBRARY": str(settings.library.absolute()),
        "ERICA_STATE": str(settings.state.absolute()),
    }


def serve(settings: Settings, *, port: int, browser: bool, read_only: bool = False) -> int:
    """Serve the page until interrupted and return the exit code.

    Raises:
        SystemExit: the port is taken; Streamlit has said so.
    """
    from streamlit.web import cli

    os.environ.update(environment(settings))
    cli.main(arguments(port, browser=browser, read_only=read_only), standalone_mode=False)
    return 0
