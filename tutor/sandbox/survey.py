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
    Tier.C: (
        "system-call filter, Landlock and limits, but no namespaces, as the setting owners_machine allows: for the "
        "code of people who may use this machine anyway, and never for credit"
    ),
    Tier.B: "namespaces, system-call filter and Landlock; memory is watched because no control group may be made",
}


def survey(owners_machine: bool = False) -> Survey:
    """Attacks a box on this machine now (a second or two) and says what came of it; see `Sandbox.open`."""
    try:
        with Sandbox.open(preload=(), trust_cache=False, owners_machine=owners_machine) as sandbox:
            return Survey(sandbox.tier, _WHY[sandbox.tier], attacks=sandbox.probed)
    except SandboxUnavailable as error:
        return Survey(Tier.D, "code is not run on this machine", remedy=probe.remedy_for(str(error)))
