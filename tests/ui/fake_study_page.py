"""The page over the fake tutor, with a true desk and the true judge: `streamlit run fake_study_page.py -- DIR`."""

import sys
from dataclasses import replace
from pathlib import Path

from knowledge.library import Library
from knowledge.model import RetrievalSettings
from tests.ui.fake_tutor import FakeTutor
from tests.ui.map_site import course_map
from tutor.conversation import Conversations
from tutor.desk import Desk
from tutor.jobs import Jobs
from tutor.ui.app import main
from tutor.ui.state import Services
from tutor.workbench import BenchSettings, Workbench


def services() -> Services:
    folder = Path(sys.argv[1])
    tutor = FakeTutor(folder)
    conversations = Conversations.open(folder)
    made = Services(tutor, conversations, Jobs(tutor.ask, conversations), RetrievalSettings(), "auto")
    concept_map = course_map(folder)
    desk = Desk(Library.open(folder / "library"), folder)
    bench = Workbench(BenchSettings(passed=desk.passed))
    return replace(made, concept_map=concept_map, desk=desk, workbench=bench)


main(services)
