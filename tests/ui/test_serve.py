from __future__ import annotations

from pathlib import Path

from tutor.settings import load
from tutor.ui import serve


def test_the_server_starts_our_page_at_the_port_asked_for():
    command = serve.command(8765)
    assert command[-2:] == ["--server.port", "8765"]
    assert Path(command[command.index("run") + 1]).read_text(encoding="utf-8").count("main()") == 1


def test_the_page_is_bound_to_this_machine_and_reports_nothing():
    import tomllib

    content = tomllib.loads((serve.PAGE.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert content["server"]["address"] == "127.0.0.1"
    assert content["server"]["headless"] is True
    assert content["browser"]["gatherUsageStats"] is False


def test_the_library_chosen_here_is_the_one_served(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load({"library": "here", "state": "there"}, environ={})
    environment = serve.environment(settings)
    served = load(environ=environment)
    assert served.library == tmp_path / "here"
    assert served.state == tmp_path / "there"


def test_secrets_given_by_environment_reach_the_server(monkeypatch):
    monkeypatch.setenv("ERICA_OPENAI_KEY", "secret")
    assert serve.environment(load(environ={}))["ERICA_OPENAI_KEY"] == "secret"
