"""The page over the fake tutor, with true lessons, quizzes and judge: `streamlit run fake_lesson_page.py -- FOLDER`."""

import sys
from pathlib import Path

from knowledge.model import RetrievalSettings
from tests.tutor.lesson_course import lesson_library
from tests.ui.fake_tutor import FakeTutor
from tutor.classroom import Classroom
from tutor.conversation import Conversations
from tutor.desk import Desk
from tutor.jobs import Jobs
from tutor.quiz_book import QuizRoom
from tutor.ui.app import main
from tutor.ui.state import Services
from tutor.workbench import BenchSettings, Workbench


def services() -> Services:
    folder = Path(sys.argv[1])
    library = lesson_library(folder)
    conversations = Conversations.open(folder)
    tutor, desk = FakeTutor(folder), Desk(library, folder)
    return Services(
        tutor,
        conversations,
        Jobs(tutor.ask, conversations),
        RetrievalSettings(),
        "auto",
        classroom=Classroom(library, folder),
        quizzes=QuizRoom(library, folder),
        desk=desk,
        workbench=Workbench(BenchSettings(passed=desk.passed)),
    )


main(services)
