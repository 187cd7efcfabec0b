"""The `erica` command: a thin face. It parses, calls, prints and turns errors into exit codes; it decides nothing.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some sources or cells failed, 4 a model, embedder or sandbox is not
there, 130 interrupted.
Data goes to standard output, progress and messages to standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tutor import cli_code, cli_daily, cli_eval, cli_graph, cli_library, cli_practice, cli_problem
from tutor.exits import FAILED, INTERRUPTED, OK, PARTIAL, UNAVAILABLE, USAGE, complain, print_json

if TYPE_CHECKING:
    from tutor.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = build_parser()
    args = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int] | None = args.command
    if command is None:
        parser.print_help()
        return USAGE
    return _guarded(command, args)


def _guarded(command: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Run a command; what it raises for people to read becomes one line and an exit code."""
    from ingest.errors import IngestError
    from knowledge.errors import EmbedderUnavailable, KnowledgeError, ModelUnavailable
    from tutor.settings import SettingsError

    try:
        return command(args)
    except (EmbedderUnavailable, ModelUnavailable) as error:
        return complain(error, UNAVAILABLE)
    except SettingsError as error:
        return complain(error, USAGE)
    except (KnowledgeError, IngestError) as error:
        return complain(error, FAILED)
    except KeyboardInterrupt:
        return complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left; Python would complain once more at exit
        return FAILED


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    from ingest.web.terminal import add_options

    parser = argparse.ArgumentParser(
        prog="erica", description="A tutor that answers from your own course material, in order, with citations."
    )
    parser.set_defaults(command=None)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--library", type=cli_library.folder, metavar="DIR", help="folder of the library")

    ingest = commands.add_parser("ingest", parents=[common], help="read course material into the library")
    add_options(ingest)
    ingest.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    ingest.add_argument("--json", action="store_true", help="print the report as one JSON object")
    ingest.add_argument("--max-file-mb", type=float, metavar="MB", help="take files up to this size (50)")
    ingest.add_argument("--verify", action="store_true", help="run the code cells of what was ingested afterwards")
    ingest.add_argument("--wait", type=float, default=0.0, metavar="S", help="wait for another writer, seconds")
    ingest.set_defaults(command=_ingest)

    ask = commands.add_parser("ask", parents=[common], help="answer a question with a cited lesson")
    ask.add_argument("question", nargs="?", help="the question; read from standard input if left out")
    ask.add_argument("--results", type=int, metavar="N", help="semantic search results (5)")
    ask.add_argument("--depth", type=int, metavar="N", help="prerequisite depth (2)")
    ask.add_argument("--concepts", type=int, metavar="N", help="most concepts in a lesson (10)")
    ask.add_argument("--model", metavar="NAME", help="auto, extractive, ollama:NAME, openai:NAME, embedded:NAME")
    ask.add_argument("--level", choices=("intuitive", "standard", "mathematical"), help="how to explain (standard)")
    ask.add_argument("--language", metavar="NAME", help="language of the answer, such as German; needs a model")
    ask.add_argument("--unsupported", choices=("drop", "mark"), help="what no passage supports of a model's words")
    ask.add_argument("--json", action="store_true", help="print the lesson as one JSON object")
    ask.set_defaults(command=_ask)

    serve = commands.add_parser("serve", parents=[common], help="open the chat in the browser")
    serve.add_argument("--port", type=int, default=8501, help="port on 127.0.0.1 (8501)")
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    serve.add_argument("--read-only", action="store_true", help="nobody may correct the concept map on the page")
    serve.set_defaults(command=_serve)

    doctor = commands.add_parser("doctor", parents=[common], help="say what works here, what does not, and the remedy")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(command=_doctor)

    models = commands.add_parser("models", help="list, fetch or remove chat models")
    models.add_argument("action", nargs="?", choices=("list", "get", "remove"), default="list")
    models.add_argument("name", nargs="?", help="a model of the catalogue, such as qwen2.5-coder-1.5b")
    models.set_defaults(command=_models)

    cli_library.add_commands(commands, common)
    cli_code.add_commands(commands, common)
    cli_graph.add_commands(commands, common)
    cli_eval.add_commands(commands, common)
    cli_problem.add_commands(commands, common)
    cli_practice.add_commands(commands, common)
    cli_daily.add_commands(commands, common)

    config = commands.add_parser("config", help="show the settings in force and where each comes from")
    config.set_defaults(command=_config)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when asked: reading package metadata costs as much as all of `--help`."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"erica {version('erica-tutor')}")
        parser.exit()


def _settings(args: argparse.Namespace) -> Settings:
    from tutor.settings import KEYS, load

    return load({key.name: getattr(args, key.name, None) for key in KEYS})


# --- commands ---------------------------------------------------------------------------------------------------


def _ingest(args: argparse.Namespace) -> int:
    from ingest.pipeline import MOST_FILE_MB, ingest
    from ingest.terminal import ingest_progress, report_lines
    from ingest.web.terminal import fetched
    from knowledge.embedders import open_embedder

    settings = _settings(args)
    max_file_mb = MOST_FILE_MB if args.max_file_mb is None else args.max_file_mb
    embedder = open_embedder(settings.embedding_model or None, backend=settings.embedding_backend)
    with fetched(args, settings.library, max_file_mb) as paths, ingest_progress(quiet=args.json) as progress:
        report = ingest(
            paths,
            settings.library,
            embedder,
            progress=progress,
            dry_run=args.dry_run,
            wait_s=args.wait,
            max_file_mb=max_file_mb,
        )
    if args.json:
        print(report.to_json())
    else:
        print("\n".join(report_lines(report, settings.library)))
    if report.interrupted:
        return INTERRUPTED
    if report.failed:
        return PARTIAL if report.added or report.updated or report.unchanged else FAILED
    if args.verify and not args.dry_run:
        with contextlib.redirect_stdout(sys.stderr if args.json else sys.stdout):  # the report is the one JSON object
            return cli_code.verify_library(settings)
    return OK


def _ask(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from tutor.app import build
    from tutor.learner import known_to
    from tutor.lesson_json import lesson_to_object
    from tutor.terminal import print_lesson

    settings = _settings(args)
    style = replace(settings.style, known=known_to(settings.state))
    question = args.question if args.question is not None else sys.stdin.read()
    with build(settings) as tutor:
        events = tutor.ask(question, settings=settings.retrieval, model=settings.model, style=style)
        if args.json:
            from knowledge.wording import printable
            from tutor.compose import finished

            lesson = finished(events)
            for notice in lesson.notices:
                print(f"erica: {printable(notice)}", file=sys.stderr)
            print_json(lesson_to_object(lesson))
        else:
            print_lesson(events)
    return OK


def _serve(args: argparse.Namespace) -> int:
    from tutor.ui.serve import serve

    print(f"Erica opens at http://127.0.0.1:{args.port} on this machine; Ctrl+C ends it.", flush=True)
    return serve(_settings(args), port=args.port, browser=not args.no_browser, read_only=args.read_only)


def _doctor(args: argparse.Namespace) -> int:
    from tutor.doctor import examine

    findings = examine(_settings(args))
    if args.json:
        print_json({"checks": [finding.to_json() for finding in findings]})
    else:
        for finding in findings:
            print(finding.line())
    return FAILED if any(finding.broken for finding in findings) else OK


def _models(args: argparse.Namespace) -> int:
    from tutor.terminal import list_models, models_get, models_remove

    if args.action == "list":
        return list_models(_settings(args))
    if not args.name:
        return complain(f"`erica models {args.action}` needs a name; `erica models` lists them.", USAGE)
    return models_get(args.name) if args.action == "get" else models_remove(args.name)


def _config(args: argparse.Namespace) -> int:
    from tutor.settings import KEYS

    settings = _settings(args)
    shown = {"results": "semantic_results", "depth": "prerequisite_depth", "concepts": "max_concepts"}
    for key in KEYS:
        style = settings.style if hasattr(settings.style, key.name) else settings
        owner: object = settings.retrieval if key.name in shown else style
        value = getattr(owner, shown.get(key.name, key.name))
        print(f"{key.name:18} {value!s:40} {settings.origin[key.name]}")
    return OK


if __name__ == "__main__":
    sys.exit(main())
