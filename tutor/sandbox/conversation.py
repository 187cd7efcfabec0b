"""Calls into a submission's process, one at a time: what the judge talks through.

Rules: nothing is accepted before it was asked for; an answer carries the question's nonce and is strict JSON of
bounded size; a violation, an exit or a limit ends the conversation, and what is not answered has not been passed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from .cellrun import result_of, run_order, signs_of
from .child import Child
from .exchange import Exchange
from .guest import values
from .guest.wire import Malformed
from .outputs import Intake
from .spec import CellRequest, CellResult, Tier, Verdict
from .verdicts import verdict_of
from .zygote import Zygote

_QUIET = "it answered before it was asked"


@dataclass(frozen=True)
class Answer:
    """What one call gave: a value, or why there is none. `verdict` is `completed` where there is a value."""

    verdict: Verdict
    value: Any = None
    args: tuple[Any, ...] = ()  # the arguments as the call left them
    reason: str = ""
    error: Mapping[str, Any] | None = None  # the content of a Jupyter `error` message, where the code raised
    wall_s: float = 0.0


class Conversation:
    """A submission that has been run and now answers. A context manager; `began` says how the run itself went."""

    def __init__(
        self,
        child: Child,
        request: CellRequest,
        zygote: Zygote,
        tier: Tier,
        cancel: threading.Event | None = None,
    ) -> None:
        self._child = child
        self._request = request
        self._zygote = zygote
        self._tier = tier
        self._over = ""
        self._cancel = cancel or threading.Event()
        self.began = self._run()

    def _exchange(self, wall_s: float) -> Exchange:
        limits = replace(self._request.limits, wall_s=wall_s)
        return Exchange(self._child, limits, Intake(self._request), self._cancel, soft=False)

    def _run(self) -> CellResult:
        exchange = self._exchange(self._request.limits.wall_s)
        try:
            exchange.ask(run_order(self._request), answer="done")
            result = result_of(exchange, self._request, self._tier, self._zygote, must_end=False)
        except BaseException:
            self.close()
            raise
        self._note_end(exchange, result.reason if not result.completed else "")
        return result

    def _note_end(self, exchange: Exchange, failure: str) -> None:
        if failure or exchange.ended or exchange.stopped is not None or exchange.answer is None:
            self._over = failure or "its process ended"
            self.close()
        elif exchange.intake.pending() or exchange.unasked:
            self._over = _QUIET
            self.close()

    @property
    def over(self) -> str:
        """Why no more calls are answered, or ""."""
        return self._over

    def call(
        self, function: str, args: Sequence[object], kwargs: Mapping[str, object] | None = None, *, wall_s: float = 10.0
    ) -> Answer:
        """Call one function with plain typed arguments (`guest.values`) and waits for its answer.

        After a verdict other than `completed` or `error` the conversation is over, and each further call says so.
        """
        if not self._over and self._child.has_unasked_words():
            self._over = _QUIET
            self.close()
        if self._over:
            return Answer(Verdict.ENDED_EARLY, reason=self._over)
        nonce = secrets.token_hex(16)
        encoded = {key: values.encode(value) for key, value in (kwargs or {}).items()}
        order = {"op": "call", "id": nonce, "function": function, "args": [values.encode(a) for a in args]}
        exchange = self._exchange(wall_s)
        exchange.ask({**order, "kwargs": encoded}, answer="reply")
        answer = self._answer_of(exchange)
        lasting = answer.verdict in (Verdict.COMPLETED, Verdict.ERROR)
        self._note_end(exchange, "" if lasting else answer.reason)
        return answer

    def _answer_of(self, exchange: Exchange) -> Answer:
        wall_s = time.monotonic() - exchange.began
        signs = signs_of(exchange, self._zygote, must_end=False)
        reply = exchange.answer
        told = None if reply is None else {"status": "error" if "error" in reply else "ok"}
        verdict, reason = verdict_of(replace(signs, told=told), exchange.limits)
        if reply is None or verdict not in (Verdict.COMPLETED, Verdict.ERROR):
            return Answer(verdict, reason=reason, wall_s=wall_s)
        if verdict is Verdict.ERROR:
            error = reply["error"]
            return Answer(verdict, reason=reason, error=error if isinstance(error, dict) else {}, wall_s=wall_s)
        if set(reply) != {"type", "id", "value", "args"} or not isinstance(reply["args"], list):
            return Answer(Verdict.ENDED_EARLY, reason="its answer has the wrong form", wall_s=wall_s)
        try:
            value, *args = (values.decode(form, tensor=values.PlainTensor) for form in (reply["value"], *reply["args"]))
            return Answer(verdict, value=value, args=tuple(args), wall_s=wall_s)
        except Malformed as malformed:
            return Answer(Verdict.ENDED_EARLY, reason=f"its answer has the wrong form: {malformed}", wall_s=wall_s)

    def close(self) -> None:
        """End the process."""
        self._over = self._over or "the conversation was closed"
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
