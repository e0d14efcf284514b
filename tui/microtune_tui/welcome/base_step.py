"""Which base: pocket at once; a larger one, where the machine has room, downloads meanwhile."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from microtune_adapters.catalogue import CATALOGUE, Entry
from microtune_adapters.machine import Machine, this_machine
from microtune_adapters.suiting import Suit, advised, suit
from microtune_tui.downloads import start
from microtune_tui.welcome.step import Step
from microtune_tui.widgets.choices import Choices

LINE_MBIT = 50.0  # megabits a second: what download times are told for
POCKET_ONLY = "pocket only: here already, tiny; its drafts are simple"
WHAT = """\
microtune drafts with a language model on this computer, and teaches it your way of writing. \
Nothing that you write leaves the computer."""


class BaseStep(Step):
    """pocket comes with the package, so nobody has to wait."""

    HEADING: ClassVar[str] = "A model for this computer"

    def __init__(self) -> None:
        super().__init__()
        self._others: tuple[Entry, ...] = ()

    def compose(self) -> ComposeResult:
        machine = this_machine(self.assistant.wiring.home.path)
        advice = advised(machine)
        suits = [s for s in (suit(machine, e) for e in CATALOGUE) if _offered(s)]
        suits += [advice.drafts_only] if advice.drafts_only else []
        self._others = tuple(each.entry for each in suits)
        yield Static(WHAT, markup=False)
        yield Static(_machine(machine, advice.why), classes="hint", markup=False)
        yield Choices([POCKET_ONLY, *(_offer(each, each.entry is advice.entry) for each in suits)])

    async def shown(self) -> None:
        self.query_one(Choices).focus()

    async def done(self) -> str:
        self.assistant.session.choose_pocket()
        picked = self.query_one(Choices).chosen
        if picked > 0:
            start(self.assistant.wiring.home, self._others[picked - 1].name)
        return ""


def _offered(each: Suit) -> bool:
    return each.fits == "trains" and not each.entry.packaged and not each.entry.thinks


def _machine(machine: Machine, why: str) -> str:
    return f"This computer: {machine.line}. {why}"


def _offer(each: Suit, is_advised: bool) -> str:
    entry = each.entry
    minutes = max(1, round(entry.seconds_at(LINE_MBIT) / 60))
    size = f"{entry.bytes / 1e9:.1f} GB, about {minutes} min at {LINE_MBIT:.0f} Mbit/s"
    limits = "" if each.fits == "trains" else "; it drafts here, but is too large to learn"
    mark = " (advised)" if is_advised else ""
    return f"pocket now, then {entry.name}{mark}: {size}; {entry.licence}{limits}"
