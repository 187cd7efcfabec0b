"""`erica eval`: how good the graph is, measured on files of labelled pairs and of lessons that authors link.

A thin face like `tutor.cli`, which registers it. Another kind of measure is one more `_add_...` here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor import cli_eval_answers, cli_eval_graph
from tutor.exits import OK, print_json

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from knowledge.evaluation.measures import PairMeasures
    from knowledge.prerequisites.scorer import PairScore, PairScorer
    from tutor.settings import Settings

_SHOWN_NAMES = 8


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add `eval` and its kinds to the `erica` parser's commands."""
    evaluate = commands.add_parser("eval", help="measure a graph, retrieval, answers, or prerequisite pairs")
    kinds = evaluate.add_subparsers(title="what is measured", metavar="WHAT", required=True)
    cli_eval_graph.add_kinds(kinds, common)
    _add_prerequisites(kinds, common)
    cli_eval_answers.add_kinds(kinds)


def _add_prerequisites(kinds: Any, common: argparse.ArgumentParser) -> None:
    pairs = kinds.add_parser("prerequisites", parents=[common], help="score pairs of concepts, in any CSV file")
    pairs.add_argument(
        "pairs", type=Path, metavar="PAIRS.csv", help="columns source,target and, if known, label (0 or 1)"
    )
    pairs.add_argument("--out", type=Path, metavar="SCORES.csv", help="where the scores go (standard output)")
    pairs.add_argument("--text-only", action="store_true", help="weigh the library's text alone, without an embedder")
    pairs.add_argument("--json", action="store_true", help="print what was measured as one JSON object")
    pairs.add_argument("--judge", metavar="MODEL", help="let a chat model judge the pairs in doubt (`erica models`)")
    pairs.add_argument("--judge-budget", type=int, default=100, metavar="N", help="most questions to it (100)")
    pairs.set_defaults(command=_prerequisites)


def _settings(args: argparse.Namespace) -> Settings:
    from tutor.settings import load

    return load({"library": args.library})


def _prerequisites(args: argparse.Namespace) -> int:
    from knowledge.embedders import open_embedder
    from knowledge.evaluation.measures import measure_pairs
    from knowledge.evaluation.pairs import read_pairs, write_scores, written
    from knowledge.library import Library
    from knowledge.prerequisites.scorer import PairScorer

    read = read_pairs(args.pairs)
    settings = _settings(args)
    embedder = (
        None if args.text_only else open_embedder(settings.embedding_model or None, backend=settings.embedding_backend)
    )
    reverse = [(target, source) for source, target in read.pairs] if read.labels is not None else []
    with Library.open(settings.library) as library:
        scorer = PairScorer(library.catalog, embedder)
        found = scorer.score([*read.pairs, *reverse])
        if args.judge is not None:
            found = _judged(args, settings, library.catalog, scorer, found)
        names = sorted({name for pair in read.pairs for name in pair})
        unknown = [name for name in names if not scorer.usages.of(name).known]
    scores = [pair.score for pair in found]
    scores, back = scores[: len(read.pairs)], scores[len(read.pairs) :]
    measured = None if read.labels is None else measure_pairs(read.labels, scores, back)
    text = written(read, scores)
    if args.out is not None:
        write_scores(args.out, text)
    elif not args.json:
        sys.stdout.write(text)
    if args.json:
        told = {"pairs": len(scores), "names": len(names), "unknown": unknown}
        print_json({**told, "measures": measured and measured.to_json()})
        return OK
    _say(len(scores), len(names), unknown, "its words alone" if args.text_only else "its meaning and words")
    if measured is not None:
        print("\n".join(_measured_lines(measured)), file=sys.stderr if args.out is None else sys.stdout)
    return OK


def _judged(
    args: argparse.Namespace, settings: Settings, catalog: Catalog, scorer: PairScorer, scores: list[PairScore]
) -> list[PairScore]:
    """Return the scores with a model's answers weighed in, after saying what it will be asked."""
    from contextlib import closing

    from knowledge.errors import ModelUnavailable
    from knowledge.models.ladder import Ladder
    from knowledge.prerequisites.judge import Answers, Judge
    from tutor.app import model_settings

    def define(name: str) -> str:
        concepts = catalog.concepts(scorer.usages.of(name).concept_ids)
        return next((concept.definition.text for concept in concepts if concept.definition), "")

    with closing(Ladder(model_settings(settings))) as ladder:
        model = ladder.choose(args.judge).model
        if model is None:
            raise ModelUnavailable(f"“{args.judge}” is no chat model that can judge. `erica models` lists them.")
        judge = Judge(model, Answers(settings.state / "judged-pairs.jsonl"), define, scorer.weights)
        print(f"{judge.plan(scores, args.judge_budget)} of {model.model_name.name}", file=sys.stderr)
        return judge.judged(scores, args.judge_budget)


def _say(pairs: int, names: int, unknown: Sequence[str], by: str) -> None:
    from knowledge.wording import one_line

    print(f"{pairs} pairs of {names} names scored.", file=sys.stderr)
    if unknown:
        shown = ", ".join(one_line(name) for name in unknown[:_SHOWN_NAMES])
        more = f" and {len(unknown) - _SHOWN_NAMES} more" if len(unknown) > _SHOWN_NAMES else ""
        print(f"{len(unknown)} names stand nowhere in the library, each scored by {by}: {shown}{more}", file=sys.stderr)


def _measured_lines(measured: PairMeasures) -> list[str]:
    """Return the measures as lines for people."""
    rows = (
        ("AUC", measured.auc),
        ("precision at 0.5", measured.precision),
        ("recall at 0.5", measured.recall),
        ("F1 at 0.5", measured.f1),
        ("direction accuracy", measured.direction),
    )
    head = f"{measured.pairs} labelled pairs, {measured.positives} of them prerequisites; 95 % bootstrap intervals"
    return [head, *(f"{name:20}{figure}" for name, figure in rows)]
