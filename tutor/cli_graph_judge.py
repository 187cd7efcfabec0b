"""`erica graph judge`: a chat model is asked about the prerequisites in doubt, and its answers are weighed in.

Any model that can be chosen for a lesson will do. What it will be asked, and about how long that takes, is said before.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from tutor.exits import USAGE
from tutor.graph_session import GraphSession, Refused, print_whole, told

if TYPE_CHECKING:
    from knowledge.chat_model import ChatModel
    from knowledge.prerequisites.judge import Plan
    from knowledge.verdicts import Verdict

MOST_SURE = 0.8
"""Edges that are surer are not asked about."""
BUDGET = 100
ANSWERS = "judged-pairs.jsonl"
"""In the folder of the state: every answer, by model and question, so that nothing is asked twice."""
Part = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_judge(part: Part) -> None:
    """Add `erica graph judge` to the graph's commands."""
    judge = part("judge", _judge, "let a chat model judge the prerequisites in doubt; its answers are weighed in")
    judge.add_argument("--model", metavar="NAME", help="auto, ollama:NAME, openai:NAME, embedded:NAME")
    judge.add_argument("--budget", type=int, default=BUDGET, metavar="N", help=f"most questions to it ({BUDGET})")
    judge.add_argument("--dry-run", action="store_true", help="say what would be asked, and ask nothing")
    judge.add_argument("--forget", action="store_true", help="take all answers out of the graph again")


def _judge(args: argparse.Namespace) -> int:
    def run() -> int:
        if args.budget < 0:
            raise Refused("--budget takes a number of questions, 0 or more", USAGE)
        with GraphSession(args) as session:
            return _forget(args, session) if args.forget else _ask(args, session)

    return told(run)


def _forget(args: argparse.Namespace, session: GraphSession) -> int:
    from knowledge.verdicts import read_verdicts, write_verdicts

    held = len(read_verdicts(session.library.folder)[0])
    write_verdicts(session.library.folder, [])
    session.desk.level()
    return print_whole(args, {"forgotten": held}, [f"{held} verdicts are taken out of the graph"])


def _ask(args: argparse.Namespace, session: GraphSession) -> int:
    from contextlib import closing

    from knowledge.errors import ModelUnavailable
    from knowledge.models.ladder import Ladder
    from knowledge.prerequisites.judge import Answers, Judge
    from knowledge.undecided import standing
    from knowledge.verdicts import Verdict, in_doubt, read_verdicts, with_new, write_verdicts
    from tutor.app import model_settings

    snapshot = standing(session.library.catalog)
    definitions = {concept.name: concept.definition.text for concept in snapshot.concepts if concept.definition}
    pairs = in_doubt(snapshot, MOST_SURE)
    with closing(Ladder(model_settings(session.settings))) as ladder:
        model: ChatModel | None = ladder.choose(session.settings.model).model
        if model is None:
            raise ModelUnavailable("There is no chat model to judge with. `erica models` lists what could be had.")
        name = model.model_name.name
        judge = Judge(model, Answers(session.settings.state / ANSWERS), lambda one: definitions.get(one, ""))
        plan = judge.plan_for(pairs, args.budget)
        sys.stderr.write(f"{plan} of {name}\n")
        if args.dry_run:
            return print_whole(args, _object(plan, name, {}), ["nothing was asked"])
        said = judge.first_of(pairs, args.budget)
    made = {pair: Verdict(pair, first, name) for pair, first in said.items()}
    write_verdicts(session.library.folder, with_new(read_verdicts(session.library.folder)[0], list(made.values())))
    session.desk.level()
    return print_whole(args, _object(plan, name, made), _lines(made))


def _lines(made: Mapping[tuple[str, str], Verdict]) -> Iterator[str]:
    agreed = [pair for pair, verdict in made.items() if verdict.first == pair[0]]
    yield f"{len(made)} prerequisites judged: {len(agreed)} confirmed, {len(made) - len(agreed)} denied"
    for (source, target), verdict in made.items():
        if verdict.first != source:
            instead = f"“{verdict.first}” comes first" if verdict.first else "neither needs the other"
            yield f"  {source} before {target}: {instead}"


def _object(plan: Plan, model: str, made: Mapping[tuple[str, str], Verdict]) -> dict[str, object]:
    return {
        "model": model,
        "doubtful": plan.doubtful,
        "known": plan.known,
        "calls": plan.calls,
        "seconds": plan.seconds,
        "judged": [
            {"source": source, "target": target, "first": verdict.first or None}
            for (source, target), verdict in made.items()
        ],
    }
