"""The order for one cell, and its result from what was seen: shared by single cells, sessions and conversations."""

from __future__ import annotations

import base64
import secrets
import time
from typing import Any

from . import artifacts
from .exchange import Exchange
from .spec import MEBIBYTE, CellRequest, CellResult, Tier, Verdict
from .verdicts import Signs, verdict_of
from .zygote import Zygote


def run_order(request: CellRequest, number: int = 1) -> dict[str, Any]:
    """Return the order that has the child run the request's code, with an id that its answer has to carry."""
    return {
        "op": "run",
        "id": secrets.token_hex(16),
        "code": request.code,
        "name": request.name or f"cell {number}",
        "images": request.limits.images,
        "image_bytes": request.limits.image_bytes,
        "active_content": request.active_content,
        "files": {name: base64.b64encode(content).decode("ascii") for name, content in request.files.items()},
    }


def result_of(
    exchange: Exchange,
    request: CellRequest,
    tier: Tier,
    zygote: Zygote,
    must_end: bool,
    seen: artifacts.Seen | None = None,
) -> CellResult:
    """Return the result of an exchange that is over; of files in `seen`, only those that changed."""
    wall_s = time.monotonic() - exchange.began
    verdict, reason = verdict_of(signs_of(exchange, zygote, must_end), request.limits)
    intake = exchange.intake
    collected = artifacts.Collection()
    work = exchange.child.work
    if request.keep_files and work is not None and verdict is not Verdict.REFUSED:
        collected = artifacts.collect(work, frozenset(request.files), seen)
    return CellResult(
        verdict=verdict,
        reason=reason,
        stdout=intake.stdout.text,
        stderr=intake.stderr.text,
        outputs=tuple(intake.outputs),
        files=tuple(collected.files),
        notes=(*intake.notes, *collected.notes),
        wall_s=wall_s,
        cpu_s=exchange.cpu_s,
        peak_mb=exchange.peak_bytes / MEBIBYTE,
        first_output_s=exchange.first_output_s,
        tier=tier,
    )


def signs_of(exchange: Exchange, zygote: Zygote, must_end: bool) -> Signs:
    """Return what was seen of the exchange."""
    group = exchange.child.group
    if exchange.ended and exchange.child.ending is None and exchange.stopped is None:
        zygote.wait_if_ending()  # its children die with it a moment before the host knows why
    return Signs(
        stopped=exchange.stopped,
        told=exchange.answer,
        ending=exchange.child.ending,
        must_end=must_end,
        out_of_memory=group is not None and group.ran_out_of_memory(),
        out_of_tasks=group is not None and group.ran_out_of_tasks(),
        box_lost=not zygote.alive,
        walked_out=exchange.walked_out,
    )
