"""The page over the fake tutor, for a real browser: `streamlit run fake_page.py -- FOLDER`."""

import sys
from pathlib import Path

from knowledge.model import RetrievalSettings
from tests.ui.fake_course import pdf
from tests.ui.fake_tutor import FakeTutor, waiting_for
from tutor.conversation import Conversations
from tutor.jobs import Jobs
from tutor.ui.app import main
from tutor.ui.state import Services


def services() -> Services:
    folder = Path(sys.argv[1])
    folder.joinpath("handout.pdf").write_bytes(pdf("A small temperature makes the softmax sharp."))
    tutor = FakeTutor(folder, waiting_for(folder / "go"))
    conversations = Conversations.open(folder)
    return Services(tutor, conversations, Jobs(tutor.ask, conversations), RetrievalSettings(), "auto")


main(services)
