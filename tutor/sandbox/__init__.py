"""Runs code of students, courses and models in a box that it cannot leave.

    with Sandbox.open() as sandbox:
        result = sandbox.run(CellRequest("1 + 1", Limits(wall_s=10)))
        notebook = sandbox.session("ada:lesson-3")
        with sandbox.converse(submission, Limits()) as judged: judged.call("warp", [image, flow])

The host side never imports or unpickles what a student wrote; verdicts come from it and the kernel alone.
"""

from .box import PREFERRED_LIBRARIES, libraries_used
from .conversation import Answer, Conversation
from .devices import Device, Leases
from .guest.values import NotPlain, PlainTensor
from .probe import Outcome
from .queue import Lane, QueueFull, Quota, Ticket
from .sandbox import Sandbox
from .session import Session
from .spec import (
    CEILING,
    CellRequest,
    CellResult,
    Limits,
    Output,
    RequestUnusable,
    SandboxUnavailable,
    Tier,
    Variable,
    Verdict,
    WrittenFile,
)
from .survey import Survey, survey

__all__ = [
    "CEILING",
    "PREFERRED_LIBRARIES",
    "Answer",
    "CellRequest",
    "CellResult",
    "Conversation",
    "Device",
    "Lane",
    "Leases",
    "Limits",
    "NotPlain",
    "Outcome",
    "Output",
    "PlainTensor",
    "QueueFull",
    "Quota",
    "RequestUnusable",
    "Sandbox",
    "SandboxUnavailable",
    "Session",
    "Survey",
    "Ticket",
    "Tier",
    "Variable",
    "Verdict",
    "WrittenFile",
    "libraries_used",
    "survey",
]
