"""Starts the page's server: Streamlit in a process of its own, on this machine only."""

from __future__ import annotations

import os
import subprocess
import sys
import webbrowser
from pathlib import Path
from threading import Timer

from tutor.settings import Settings

ADDRESS = "127.0.0.1"
PAGE = Path(__file__).with_name("page.py")
_BROWSER_DELAY_S = 2.0


def command(port: int) -> list[str]:
    """Return the command that serves the page; its look and its address stand in the settings beside `page.py`."""
    # -P: a folder `tutor` in the working folder must not stand in for ours.
    return [sys.executable, "-P", "-m", "streamlit", "run", str(PAGE), "--server.port", str(port)]


def environment(settings: Settings) -> dict[str, str]:
    """Return the server's environment: the settings in force here hold there too."""
    chosen = {
        "ERICA_LIBRARY": str(settings.library.absolute()),
        "ERICA_STATE": str(settings.state.absolute()),
        "ANONYMIZED_TELEMETRY": "False",
    }
    return {**os.environ, **chosen}


def serve(settings: Settings, *, port: int, browser: bool) -> int:
    """Serve the page until interrupted and return the server's exit code."""
    opening = Timer(_BROWSER_DELAY_S, webbrowser.open, [f"http://{ADDRESS}:{port}"])
    opening.daemon = True
    with subprocess.Popen(command(port), env=environment(settings)) as server:
        if browser:
            opening.start()
        try:
            return server.wait()
        except KeyboardInterrupt:
            return server.wait()  # the interrupt went to the server as well, which ends by itself
        finally:
            opening.cancel()
