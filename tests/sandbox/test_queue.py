"""Students take turns, places are told, and cancelling reaches both those who wait and those who run."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.sandbox.queue import Lane, Line, QueueFull, Quota, Ticket


def _ticket(student: str, wall_s: float = 1.0) -> Ticket[str]:
    return Ticket(student, wall_s, lambda _: student)


def _order(line: Line[str]) -> list[Ticket[str]]:
    taken = []
    while ticket := line.take():
        taken.append(ticket)
        line.finished(ticket)
    return taken


def test_students_take_turns_however_much_one_of_them_asks_for() -> None:
    line: Line[str] = Line()
    for student in "aaab":
        line.add(_ticket(student))
    assert [ticket.student for ticket in _order(line)] == ["a", "b", "a", "a"]


def test_of_one_student_the_shortest_limit_comes_first() -> None:
    line: Line[str] = Line()
    for wall_s in (30.0, 5.0, 10.0):
        line.add(_ticket("a", wall_s))
    assert [ticket.wall_s for ticket in _order(line)] == [5.0, 10.0, 30.0]


def test_a_student_runs_only_so_many_at_once() -> None:
    line: Line[str] = Line()
    for _ in range(3):
        line.add(_ticket("a"))
    first, second = line.take(), line.take()
    assert first is not None
    assert second is not None
    assert line.take() is None
    line.finished(first)
    assert line.take() is not None


def test_too_many_waiting_or_too_many_a_minute_are_refused_until_time_passes() -> None:
    now = [0.0]
    line: Line[str] = Line(lambda: now[0])
    for _ in range(Quota().waiting):
        line.add(_ticket("a"))
    with pytest.raises(QueueFull, match="waiting already"):
        line.add(_ticket("a"))
    line.add(_ticket("b"))
    _order(line)
    for _ in range(Quota().per_minute - Quota().waiting):
        line.add(_ticket("a"))
        _order(line)
    with pytest.raises(QueueFull, match="in a minute"):
        line.add(_ticket("a"))
    now[0] = 61.0
    line.add(_ticket("a"))


def test_an_hours_quota_is_a_students_own_and_refills_as_time_passes() -> None:
    now = [0.0]
    line: Line[str] = Line(lambda: now[0], Quota(per_minute=2, per_hour=4, noun="submission"))
    for minute in (0.0, 70.0):
        now[0] = minute
        for _ in range(2):
            line.add(_ticket("a"))
            _order(line)
    now[0] = 140.0
    with pytest.raises(QueueFull, match=r"4 submissions in an hour are the most; go on in 58 minutes"):
        line.add(_ticket("a"))
    line.add(_ticket("b"))
    now[0] = 3601.0
    line.add(_ticket("a"))


def test_of_students_who_left_nothing_is_kept() -> None:
    now = [0.0]
    line: Line[str] = Line(lambda: now[0])
    for number in range(50):
        line.add(_ticket(f"student {number}"))
    _order(line)
    left = _ticket("left while waiting")
    line.add(left)
    left.cancel()
    now[0] = 3601.0
    line.add(_ticket("a"))
    assert [list(kept) for kept in (line._begun, line._waiting, line._turns)] == [["a"]] * 3


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1.0, 2.0])), max_size=10))
def test_places_are_the_order_in_which_tickets_are_taken(asked: list[tuple[str, float]]) -> None:
    line: Line[str] = Line()
    tickets = []
    for student, wall_s in asked:
        ticket = _ticket(student, wall_s)
        try:
            line.add(ticket)
        except QueueFull:
            continue
        tickets.append(ticket)
    places = {id(ticket): line.place(ticket) for ticket in tickets}
    assert [places[id(ticket)] for ticket in _order(line)] == list(range(len(tickets)))


def test_a_waiting_ticket_that_is_cancelled_never_runs() -> None:
    begun, release = threading.Event(), threading.Event()

    def hold(_: threading.Event) -> str:
        begun.set()
        release.wait(5)
        return "held"

    with Lane[str](slots=1) as lane:
        running = lane.submit("a", 1.0, hold)
        begun.wait(5)
        waiting = lane.submit("b", 1.0, lambda _: "ran")
        assert lane.place(waiting) == 0
        waiting.cancel()
        release.set()
        assert running.result(5) == "held"
        with pytest.raises(CancelledError):
            waiting.result(5)


def test_a_running_ticket_hears_that_it_is_cancelled() -> None:
    with Lane[bool](slots=1) as lane:
        begun = threading.Event()

        def work(cancelled: threading.Event) -> bool:
            begun.set()
            return cancelled.wait(5)

        ticket = lane.submit("a", 1.0, work)
        begun.wait(5)
        ticket.cancel()
        assert ticket.result(5)


def test_an_error_of_the_work_is_raised_where_the_result_is_asked_for() -> None:
    def fail(_: threading.Event) -> str:
        raise KeyError("k")

    with Lane[str](slots=1) as lane:
        with pytest.raises(KeyError):
            lane.submit("a", 1.0, fail).result(5)
        assert lane.submit("a", 1.0, lambda _: "next").result(5) == "next"


def test_a_closed_lane_takes_nothing() -> None:
    lane = Lane[str](slots=1)
    lane.close()
    with pytest.raises(QueueFull):
        lane.submit("a", 1.0, lambda _: "x")
