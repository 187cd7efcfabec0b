"""Services with a desk, whose judge passes what the test wants to pass, for the pages in process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.library import Library
from tests.ui.site import Site
from tutor.desk import Desk
from tutor.judge import CaseResult, Judgement, JudgeVerdict
from tutor.live_cells import LiveJudgement
from tutor.problems import Problem
from tutor.sandbox import Tier
from tutor.workbench import BenchSettings, Workbench


class ScriptedBench(Workbench):
    """Judges at once: what holds the word `right` passes. No box is opened."""

    def warm(self) -> None:
        """Open nothing."""

    def submit(self, owner: str, problem: Problem, code: str, *, only_visible: bool) -> LiveJudgement:
        live = LiveJudgement(code, only_visible)
        verdict = JudgeVerdict.PASSED if "right" in code else JudgeVerdict.WRONG_ANSWER
        cases: Sequence[CaseResult] = (CaseResult("a case", verdict, True, "" if "right" in code else "it differs"),)
        if verdict is JudgeVerdict.PASSED and not only_visible:
            self._settings.passed(owner, problem, code)
        live.finish(Judgement(problem.name, verdict, tuple(cases), Tier.A))
        self._judgements[owner, problem.name] = live
        return live


def study_site(folder: Path, library: Library) -> Site:
    """Return a site whose services have a desk over this library; what is learned stands in the folder."""
    site = Site(folder)
    desk = Desk(library, folder)
    site.services = replace(site.services, desk=desk, workbench=ScriptedBench(BenchSettings(passed=desk.passed)))
    return site
