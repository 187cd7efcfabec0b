from __future__ import annotations

import tomllib
from pathlib import Path

from tutor.settings import load
from tutor.ui import serve


def test_the_server_starts_our_page_at_the_port_asked_for():
    arguments = serve.arguments(8765, browser=False)
    assert Path(arguments[1]).read_text(encoding="utf-8").count("main(") == 1
    assert "--server.port=8765" in arguments
    assert "--server.headless=true" in arguments
    assert "--server.headless=false" in serve.arguments(8765, browser=True)


def test_the_page_is_bound_to_this_machine_and_reports_nothing():
    content = tomllib.loads((serve.PAGE.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert content["server"]["address"] == "127.0.0.1"
    assert content["browser"]["gatherUsageStats"] is False


def test_nothing_is_offered_for_installation_on_the_page():
    content = tomllib.loads((serve.PAGE.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert content["logger"]["hideWelcomeMessage"] is True


def test_the_library_chosen_here_is_the_one_served(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load({"library": "here", "state": "there"}, environ={})
    served = load(environ=serve.environment(settings))
    assert served.library == tmp_path / "here"
    assert served.state == tmp_path / "there"
