"""The assistant: one screen to ask for a draft, watch it come, and compare adapter and base.

Everything slow happens in the `Session`'s thread; the screen places orders and shows the news.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Footer

from microtune.contracts import Engine
from microtune_tui.orders import (
    Began,
    Finished,
    Looked,
    News,
    Piece,
    Ready,
    Side,
    Situation,
    Trouble,
)
from microtune_tui.session import Session, misfit_line
from microtune_tui.widgets.drafts import Drafts
from microtune_tui.widgets.measurements import MeasurementsPane
from microtune_tui.widgets.no_base import NoBase
from microtune_tui.widgets.passages import PassagesPane
from microtune_tui.widgets.prompt import Prompt
from microtune_tui.widgets.status import StatusLine
from microtune_tui.widgets.title import TitleLine

if TYPE_CHECKING:
    from microtune_tui.wiring import Wiring

COLUMNS = [(0, "-narrow"), (110, "-wide")]  # wide: both drafts side by side
LINES = [(0, "-short"), (20, "-tall")]  # short: no panes beneath the drafts
WITH: dict[Side, str] = {"own": "with your adapter", "base": "with the base alone"}


def run_app(wiring: "Wiring") -> None:
    """Open the assistant in this terminal and return when the person quits."""
    make_app(wiring).run()


def make_app(wiring: "Wiring", open_engine: Callable[[], Engine] | None = None) -> "Assistant":
    """The assistant for one home. `open_engine` stands in for the wiring's own engine."""
    return Assistant(wiring, open_engine or wiring.engine)


class Told(Message):
    """News from the session, carried over into the screen's thread."""

    def __init__(self, news: News) -> None:
        super().__init__()
        self.news = news


class Assistant(App[None], inherit_bindings=False):
    """The screen and its keys."""

    TITLE = "microtune"
    CSS_PATH = "microtune.tcss"
    HORIZONTAL_BREAKPOINTS = COLUMNS
    VERTICAL_BREAKPOINTS = LINES
    # with priority, so that they work from every field; none is a key that fields edit with
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "pocket", "Use pocket", priority=True),
        Binding("ctrl+g,f5,ctrl+enter", "draft", "Draft", priority=True),
        Binding("escape", "stop", "Stop", priority=True),
        Binding("ctrl+t", "switch", "Adapter/base", priority=True),
        Binding("ctrl+r", "again", "Again", priority=True),
        Binding("ctrl+o", "copy", "Copy", priority=True),
        Binding("ctrl+q", "quit", "Quit", priority=True),
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]

    def __init__(self, wiring: "Wiring", open_engine: Callable[[], Engine]) -> None:
        super().__init__()
        self.session = Session(wiring, open_engine, lambda news: self.post_message(Told(news)))
        self.situation: Situation | None = None  # until the session has looked
        self.loaded = False

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield Prompt()
        yield NoBase()
        yield Drafts()
        with Horizontal(id="beneath"):
            yield PassagesPane()
            yield MeasurementsPane()
        yield StatusLine()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.prompt, self.drafts = self.query_one(Prompt), self.query_one(Drafts)
        self.status = self.query_one(StatusLine)
        self.status.say("Loading the base. You can write your brief meanwhile.", "busy")
        self.session.open()

    async def on_unmount(self) -> None:
        await self.session.close()

    # What the person does -------------------------------------------------------------------

    def on_prompt_submitted(self) -> None:
        self.action_draft()

    def on_no_base_pocket_chosen(self) -> None:
        self.action_pocket()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys work now: False takes one out of the footer, None dims it."""
        if action not in ("pocket", "draft", "stop", "switch", "again", "copy"):
            return True
        if len(self.screen_stack) > 1:  # the palette is open and has these keys
            return False
        without_base = bool(self.situation and not self.situation.base)
        if without_base or action == "pocket":
            return without_base and action == "pocket"
        if action == "switch":
            return bool(self.situation and self.situation.adapter)
        drafts = self.drafts
        enabled = {"stop": drafts.running, "copy": drafts.front.text, "again": drafts.latest}
        return True if enabled.get(action, True) else None

    def action_draft(self) -> None:
        """Draft what the fields say."""
        self._order()

    def action_again(self) -> None:
        """Draft the same prompt with the next seed."""
        self._order(next_seed=True)

    def action_switch(self) -> None:
        """The other side, with the same prompt and seed."""
        self.drafts.switch()
        if not self.prompt.is_blank:
            self._order()
        self.refresh_bindings()

    def action_stop(self) -> None:
        self.session.stop()

    def action_copy(self) -> None:
        text = self.drafts.front.text.strip()
        self.copy_to_clipboard(text)
        self.status.say(f"Copied {len(text.split())} words.")

    def action_pocket(self) -> None:
        self.status.say("Loading pocket.", "busy")
        self.session.choose_pocket()

    def _order(self, *, next_seed: bool = False) -> None:
        """Ask for a draft by the side in front; the same seed gives the same text, so what
        stands there whole is not made twice."""
        if self.prompt.is_blank:
            self.status.say("Write a brief first: in a few words, what should it say?")
            return
        order = self.drafts.next_order(self.prompt.request(), next_seed=next_seed)
        if self.drafts.has(order):
            self.session.stop()
            self.status.say("This draft is whole. Again (Ctrl+R) makes another.")
            return
        self.drafts.begin(order)
        waiting = "Drafting." if self.loaded else "The base is still loading; your draft is next."
        self.status.say(waiting, "busy")
        self.session.draft(order)
        self.refresh_bindings()

    # What the session tells -----------------------------------------------------------------

    async def on_told(self, message: Told) -> None:
        match message.news:
            case Looked(situation):
                self._show_situation(situation)
            case Ready():
                self._show_ready()
            case Began() as began:
                await self._show_began(began)
            case Piece(order, text):
                self.drafts.pane(order.side).add(order, text)
            case Finished() as finished:
                self._show_finished(finished)
            case Trouble() as trouble:
                self._show_trouble(trouble)
        self.refresh_bindings()

    def _show_situation(self, situation: Situation) -> None:
        first, self.situation = self.situation is None, situation
        self.query_one(TitleLine).show(situation)
        self.query_one(MeasurementsPane).show(situation)
        self.screen.set_class(not situation.base, "-no-base")
        self.screen.set_class(situation.adapter is None, "-no-adapter")
        if first or situation.adapter is None:
            self.drafts.bring_to_front("own" if situation.adapter else "base")
        if not situation.base:
            self.query_one(NoBase).offer()
            self.status.say("No base is chosen yet.")

    def _show_ready(self) -> None:
        self.loaded = True
        if self.situation and self.situation.misfit:
            self.status.say(f"{misfit_line(self.situation)}. Run `microtune train`.", "trouble")
        elif not self.drafts.running:
            self.prompt.offer()
            self.status.say("Ready. Enter drafts.")

    async def _show_began(self, began: Began) -> None:
        self.loaded = True
        if began.order == self.drafts.running:
            self.status.say(f"Drafting {WITH[began.order.side]}. Esc stops.", "busy")
            await self.query_one(PassagesPane).show(began.passages)

    def _show_finished(self, finished: Finished) -> None:
        pane = self.drafts.pane(finished.order.side)
        pane.finish(finished)
        if self.drafts.ended(finished.order):
            self.status.say("Done." if pane.whole else "Stopped.")

    def _show_trouble(self, trouble: Trouble) -> None:
        if trouble.order is None:
            self.status.say(trouble.line, "trouble")
            return
        self.drafts.pane(trouble.order.side).interrupt(trouble.order)
        if self.drafts.ended(trouble.order):
            self.status.say(trouble.line, "trouble")
