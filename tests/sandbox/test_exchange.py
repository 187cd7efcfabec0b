"""What the host concludes from the order in which a child's words and its end arrive."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tutor.sandbox import CellRequest, Limits
from tutor.sandbox.child import Ending
from tutor.sandbox.exchange import Exchange
from tutor.sandbox.guest import wire
from tutor.sandbox.outputs import Intake
from tutor.sandbox.usage import Usage


@dataclass
class ScriptedChild:
    """A child whose far ends the test holds."""

    stdout: int
    stderr: int
    talk: socket.socket
    control: socket.socket
    group: None = None
    ending: Ending | None = None
    asked_to_leave: list[str] = field(default_factory=list)

    def usage(self) -> Usage:
        return Usage(0.0, 0, 0)

    def over_disk(self) -> bool:
        return False

    def hang_up(self) -> None:
        self.talk.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """Nothing lives here."""

    def hear_ending(self) -> bool:
        self.ending = Ending(wire.parse(self.control.recv(wire.PACKET_BYTES))["ended"], cpu_s=0.0)
        return True


@pytest.fixture
def ends() -> Iterator[tuple[ScriptedChild, socket.socket, socket.socket]]:
    talk, far_talk = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    control, far_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    out, out_far = os.pipe2(os.O_NONBLOCK)
    with talk, far_talk, control, far_control:
        yield ScriptedChild(out, os.dup(out), talk, control), far_talk, far_control
    for descriptor in (out, out_far):
        os.close(descriptor)


def test_one_that_says_done_and_is_gone_with_the_same_breath_has_walked_out(
    ends: tuple[ScriptedChild, socket.socket, socket.socket],
) -> None:
    child, talk, control = ends
    exchange = Exchange(child, Limits(), Intake(CellRequest("1")), threading.Event(), soft=False)  # type: ignore[arg-type]
    talk.sendall(wire.compose({"type": "done", "id": "7", "status": "ok"}))
    wire.send_packet(control, {"ended": 0})
    exchange.ask({"op": "run", "id": "7"}, answer="done")
    exchange.see_out()
    assert exchange.answer is not None
    assert exchange.ended
    assert exchange.walked_out
    os.close(child.stderr)
