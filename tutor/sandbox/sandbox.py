"""The sandbox as others use it: opened once, runs cells, keeps sessions, closed at the end.

Never imports, evaluates or unpickles anything of a student's. Safe to use from several threads at once.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Self

from . import box, owners, probe
from .cellrun import result_of, run_order
from .cgroups import CgroupHome, open_home
from .child import Child, ChildFailed
from .conversation import Conversation
from .devices import Device
from .exchange import Exchange
from .outputs import Intake, OnOutput
from .session import Session, Sessions
from .spec import CellRequest, CellResult, Limits, SandboxUnavailable, Tier, Verdict
from .zygote import Zygote

_ATTEMPTS = 2  # the second one with a new zygote, where the first had been killed


class Sandbox:
    """Boxes for cells on this machine. Use `open`; a context manager."""

    def __init__(
        self,
        program: str,
        libraries: box.Libraries,
        preload: Sequence[str],
        home: CgroupHome | None,
        device: Device | None = None,
    ) -> None:
        """Use `open`. Without a `program` that builds boxes it is tier C."""
        self._place = None if program else owners.Place()
        self.tier = Tier.C if self._place is not None else Tier.A if home is not None else Tier.B
        self.probed: tuple[probe.Outcome, ...] = ()  # of the attacks, where they were run now
        self._program = program
        self._libraries = libraries
        self._preload = tuple(preload)
        self._home = home
        self._device = device
        self._zygote: Zygote | None = None
        self._lock = threading.Lock()
        self._closed = False
        self.sessions = Sessions(self._start_session)

    @classmethod
    def open(
        cls,
        preload: Sequence[str] = box.PREFERRED_LIBRARIES,
        *,
        use_cgroups: bool = True,
        trust_cache: bool = True,
        device: Device | None = None,
        owners_machine: bool = False,
    ) -> Sandbox:
        """Return a sandbox whose boxes withstood the probe's attacks on this machine since it booted.

        `preload` names the libraries that cells find imported already; `device` is the one GPU its cells can reach;
        with `owners_machine` tier C is taken where no other can be built. SandboxUnavailable with the exact remedy
        where no box can be built or one did not hold: nothing is ever run unprotected.
        """
        try:
            obstacle, program = probe.obstacle(), box.bubblewrap()
            if obstacle is not None or program is None:
                raise SandboxUnavailable(obstacle or probe.INSTALL_BUBBLEWRAP)
            home = open_home() if use_cgroups else None
            made = cls(program, box.Libraries.of_this_python(), (), home, device)
            return made._opened(preload, trust_cache)
        except SandboxUnavailable as error:
            if not owners_machine or device is not None or probe.system_obstacle() is not None:
                raise
            try:
                owners.require()
                return cls("", box.Libraries.of_this_python(), (), None)._opened(preload, trust_cache)
            except SandboxUnavailable as second:
                raise SandboxUnavailable(f"{error}; and not even as on its owner's machine: {second}") from second

    def _opened(self, preload: Sequence[str], trust_cache: bool) -> Sandbox:
        """Return this sandbox once it withstood the probe; closed where it did not."""
        sandbox = self
        try:
            if not (trust_cache and probe.held_since_boot(sandbox.tier)):
                sandbox.probed = tuple(probe.require(sandbox.run, sandbox.tier))
            sandbox.preload(preload)
        except BaseException:
            sandbox.close()
            raise
        return sandbox

    def preload(self, names: Sequence[str]) -> None:
        """Lets the next zygote import these libraries; the present one ends, with its sessions."""
        with self._lock:
            if tuple(names) == self._preload:
                return
            self._preload = tuple(names)
            zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()

    def warm(self) -> dict[str, str]:
        """Start the zygote now, not with the first cell; return the libraries it lacks, each with its reason."""
        return dict(self._running_zygote().missing)

    @property
    def zygote_alive(self) -> bool:
        """Whether the next cell finds a zygote that was started before."""
        return self._zygote is not None and self._zygote.alive

    def _running_zygote(self) -> Zygote:
        with self._lock:
            if self._closed:
                raise SandboxUnavailable("the sandbox is closed")
            if self._zygote is None or not self._zygote.alive:
                if self._zygote is not None:
                    self._zygote.close()  # killed from outside; its socket is still ours
                self._zygote = self._new_zygote()
            return self._zygote

    def _new_zygote(self) -> Zygote:
        if self._place is not None:
            command = partial(owners.command, self._place, self._libraries, preload=self._preload)
            return Zygote.start(command, owners.environment(self._place))
        return Zygote.start(
            partial(box.command, self._program, self._libraries, preload=self._preload, device=self._device)
        )

    def _start(self, request: CellRequest, one_shot: bool) -> tuple[Child, Zygote]:
        """Return a child of a live zygote; a zygote that was killed is replaced once."""
        for attempt in range(_ATTEMPTS):
            zygote = self._running_zygote()
            try:
                return Child.start(zygote, request, self._home, one_shot, self._place), zygote
            except (ChildFailed, SandboxUnavailable):
                zygote.wait_if_ending()
                if zygote.alive or attempt + 1 == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def run(
        self, request: CellRequest, *, on_output: OnOutput | None = None, cancel: threading.Event | None = None
    ) -> CellResult:
        """Run the code in a box of its own and returns what came of it; blocks until then.

        `on_output` hears streams and outputs as they come. Setting `cancel` stops the cell within a moment.
        A box that cannot be built gives the verdict `refused` with the reason.
        """
        try:
            child, zygote = self._start(request, one_shot=True)
        except (ChildFailed, SandboxUnavailable) as error:
            return CellResult(Verdict.REFUSED, reason=str(error), tier=self.tier)
        try:
            intake = Intake(request, on_output)
            exchange = Exchange(child, request.limits, intake, cancel or threading.Event(), soft=False)
            exchange.ask(run_order(request), answer="done")
            exchange.see_out()
            return result_of(exchange, request, self.tier, zygote, must_end=True)
        finally:
            child.close()

    def rest(self) -> bool:
        """End the zygote, which holds libraries in memory, unless a session lives in it; whether it did.

        The next cell starts another one.
        """
        with self._lock:
            if self._zygote is None or self.sessions.any_alive():
                return False
            zygote, self._zygote = self._zygote, None
        zygote.close()
        return True

    def session(self, key: str, limits: Limits | None = None, owner: str = "") -> Session:
        """Return the live session of that key, or a new one: a process that keeps its variables between cells.

        Of each `owner`, only a few stay alive; the one idle longest makes room.
        """
        return self.sessions.get(key, limits or Limits(), owner)

    def _start_session(self, limits: Limits) -> tuple[Child, Zygote, Tier]:
        child, zygote = self._start(CellRequest("", limits), one_shot=False)
        return child, zygote, self.tier

    def converse(self, code: str, limits: Limits, cancel: threading.Event | None = None) -> Conversation:
        """Return a box that has run `code` and now answers calls of its functions one at a time (a context manager).

        Setting `cancel` ends it within a moment, whatever it does.
        """
        request = CellRequest(code, limits, name="submission")
        child, zygote = self._start(request, one_shot=True)
        return Conversation(child, request, zygote, self.tier, cancel)

    def close(self) -> None:
        """End every session and the zygote; gives back groups and processes."""
        self.sessions.close()
        with self._lock:
            self._closed = True
            zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()
        if self._home is not None:
            self._home.close()
        if self._place is not None:
            self._place.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
