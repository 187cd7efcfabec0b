"""The page over the fake tutor, with a true concept map: `streamlit run fake_map_page.py -- DIR`."""

import sys
from pathlib import Path

from knowledge.model import RetrievalSettings
from tests.ui.fake_tutor import FakeTutor
from tests.ui.map_site import DOUBTS, course_map
from tutor.conversation import Conversations
from tutor.jobs import Jobs
from tutor.ui.app import main
from tutor.ui.state import Services


def services() -> Services:
    folder = Path(sys.argv[1])
    tutor = FakeTutor(folder)
    conversations = Conversations.open(folder)
    jobs = Jobs(tutor.ask, conversations)
    return Services(tutor, conversations, jobs, RetrievalSettings(), "auto", concept_map=course_map(folder, DOUBTS))


main(services)
