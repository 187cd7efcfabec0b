"""What `erica doctor` and `erica sandbox` tell of this machine: the tier, why, and the remedy."""

from __future__ import annotations

from dataclasses import dataclass

from . import probe
from .sandbox import Sandbox
from .spec import SandboxUnavailable, Tier


@dataclass(frozen=True)
class Survey:
    """The strongest tier that held, the attacks tried, and what would have to be done where none did."""

    tier: Tier
    why: str
    remedy: str = ""
    attacks: tuple[probe.Outcome, ...] = ()


_WHY = {
    Tier.A: "namespaces, system-call filter, Landlock, and control groups that limit memory and processes",
    Tier.B: "namespaces, system-call filter and Landlock; memory is watched because no control group may be made",
}


def survey() -> Survey:
    """Attacks a box on this machine now (a second or two) and says what came of it."""
    try:
        with Sandbox.open(preload=(), trust_cache=False) as sandbox:
            return Survey(sandbox.tier, _WHY[sandbox.tier], attacks=sandbox.probed)
    except SandboxUnavailable as error:
        return Survey(Tier.D, "code is not run on this machine", remedy=probe.remedy_for(str(error)))
