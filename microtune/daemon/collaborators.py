"""Everything that the loop needs done and cannot do itself, handed in by the composition root."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time

from microtune.contracts import Change, Watch
from microtune.daemon.clock import Clock
from microtune.daemon.jobs import Job
from microtune.daemon.readings import Reading
from microtune.words import Source


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which base is chosen ("" before `init`) and whether the active adapter fits another."""

    base_sha256: str = ""
    misfit: bool = False
    memory_mb: int = 0  # that a run on it may take, where none has been measured
    adapter: str = ""  # the active one, "" for none
    drafting_mb: int = 0  # that drafting with it may take


@dataclass(frozen=True, slots=True)
class Collaborators:
    """Callables, so that nothing is opened or started before it is needed."""

    watch: Callable[[Sequence[Source]], Watch]
    collect: Callable[[Sequence[Change]], Job]  # of no changes: everything
    train: Callable[[float], Job]  # for about so many minutes; resumes an interrupted run
    chosen: Callable[[], Chosen]  # raises `MicrotuneError`
    read: Callable[[time], Reading]
    clock: Clock
    announce: Callable[[str], None]  # to the desktop, if there is one
    tell: Callable[[str], None]  # a line for the log
    prepare: Callable[[], Job] | None = None  # drafts for messages that wait
