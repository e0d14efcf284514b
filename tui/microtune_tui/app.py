"""The assistant: rooms to write in, each a screen that stays as it was left.

Everything slow happens elsewhere: drafts in the `Session`'s thread, what is looked up or written
down in the `Clerk`'s. The screens place orders and show the news.
"""

from asyncio import get_running_loop
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from microtune.contracts import Engine
from microtune.daemon.jobs import Ended
from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune_tui.child_work import ChildWork
from microtune_tui.clerk import Clerk
from microtune_tui.inbox import Inbox
from microtune_tui.looks import THEMES
from microtune_tui.orders import Looked, News, Ready, Situation
from microtune_tui.parsed_once import ParsedOnce
from microtune_tui.preferences import Preferences
from microtune_tui.rooms import ROOMS, RoomOf
from microtune_tui.rooms.room import Room
from microtune_tui.session import Session, misfit_line
from microtune_tui.widgets.draft_pane import DraftPane
from microtune_tui.widgets.rooms_line import RoomName
from microtune_tui.widgets.status import StatusLine

if TYPE_CHECKING:
    from microtune_tui.wiring import Wiring

Result = TypeVar("Result")
COLUMNS = [(0, "-narrow"), (110, "-wide")]  # wide: drafts side by side
LINES = [(0, "-short"), (32, "-tall")]  # short: no panes beneath the drafts
TOLD_EVERY_S = 0.06
FIRST = ROOMS[0].name


def run_app(wiring: "Wiring") -> None:
    """Open the assistant in this terminal and return when the person quits."""
    make_app(wiring).run()


def make_app(wiring: "Wiring", open_engine: Callable[[], Engine] | None = None) -> "Assistant":
    """The assistant for one home. `open_engine` stands in for the wiring's own engine."""
    return Assistant(wiring, open_engine or wiring.engine)


class Told(Message):
    """There are news from the session."""


class Assistant(App[None], inherit_bindings=False):
    """The rooms, the keys that lead to them, and who does the work."""

    TITLE = "microtune"
    CSS_PATH = "microtune.tcss"
    DEFAULT_MODE = FIRST
    HORIZONTAL_BREAKPOINTS = COLUMNS
    VERTICAL_BREAKPOINTS = LINES
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(r.key, f"go('{r.name}')", r.label, show=False, priority=True) for r in ROOMS),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]

    def __init__(self, wiring: "Wiring", open_engine: Callable[[], Engine]) -> None:
        super().__init__()
        self.wiring = wiring
        self.inbox = Inbox(lambda: self.post_message(Told()))
        self.session = Session(wiring, open_engine, self.inbox.put)
        self.clerk = Clerk(wiring)
        self.situation: Situation | None = None  # until the session has looked
        self._told_at = 0.0
        self.loaded = False
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.preferences, self._complaint = Preferences.load(wiring.home)
        self.collecting: ChildWork | None = None
        self.rooms: dict[str, Room] = {}  # those that were entered
        for room in ROOMS:
            self.add_mode(room.name, partial(self._enter, room))
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self.preferences.theme
        self.stylesheet = ParsedOnce(variables=self.get_css_variables())

    def on_mount(self) -> None:
        self.session.open()

    def on_ready(self) -> None:
        if self._complaint:
            self.rooms[self.current_mode].say(self._complaint, "trouble")

    async def on_unmount(self) -> None:
        if self.collecting:
            await self.collecting.close()
        await self.session.close()
        await self.clerk.close()

    async def action_quit(self) -> None:
        """Keep what was begun, then leave."""
        for room in self.rooms.values():
            await room.keep()
        self.exit()

    def _enter(self, room: RoomOf) -> Room:
        self.rooms[room.name] = room.enter()
        return self.rooms[room.name]

    # What the person does -------------------------------------------------------------------

    def action_go(self, room: str) -> None:
        """Into a room. Not from a dialogue: that is answered first."""
        if len(self.screen_stack) == 1:
            self.switch_mode(room)

    @work(exclusive=True, group="collect")
    async def collect_now(self) -> Ended:
        """Read all sources in a process of its own, which leaves with the assistant."""
        try:
            self.collecting = ChildWork(self.wiring.home, "collect")
            ended = await self.collecting.end()
        except MicrotuneError as error:
            ended = Ended(1, complaint=str(error))
        self.collecting = None
        if ended.code:
            self.notify(ended.why, severity="warning", markup=False)
        self.session.look()
        return ended

    async def bring(
        self, job: Callable[[Store], Result], complain: Callable[[str], object]
    ) -> Result | None:
        """What the clerk brings; None where it could not, which `complain` is told, and where the
        program is ending: the widgets to show it in are being taken away."""
        try:
            result = await self.clerk.do(job)
        except MicrotuneError as error:
            complain(str(error))
            return None
        return result if self.is_running else None

    async def drop_erased(self) -> None:
        """Take drafts off the screens that were erased with the texts they drew on: what stands
        there is kept again. Raises `MicrotuneError`."""
        panes = [pane for room in self.rooms.values() for pane in room.query(DraftPane)]
        recorded = {id for pane in panes for id in pane.recorded}
        erased = await self.clerk.do(lambda store: store.drafts.missing(recorded))
        for pane in panes:
            pane.drop(erased)

    def on_room_name_chosen(self, event: RoomName.Chosen) -> None:
        self.action_go(event.room)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: every room, all that can be done in this one, and the rest."""
        for room in ROOMS:
            yield SystemCommand(
                f"Go to {room.label}", room.what, partial(self.action_go, room.name)
            )
        for binding in screen.active_bindings.values():
            if binding.enabled and binding.node is screen and binding.binding.description:
                yield SystemCommand(
                    binding.binding.description,
                    binding.tooltip or f"Key: {self.get_key_display(binding.binding)}",
                    partial(screen.run_action, binding.binding.action),
                )
        yield from super().get_system_commands(screen)

    def action_help(self) -> None:
        """What one does here, and with which keys."""
        room = self.screen
        if isinstance(room, Room):
            from microtune_tui.dialogues.help import Help

            shown = [b.binding for b in room.active_bindings.values() if b.node is room]
            keys = [(self.get_key_display(b), b.description) for b in shown if "tab" not in b.key]
            self.push_screen(Help(room.LABEL, room.HELP_TEXT, keys))

    def prefer(self, preferences: Preferences) -> None:
        """Keep these choices and go by them. Raises `MicrotuneError` if they cannot be kept."""
        preferences.save(self.wiring.home)
        self.preferences = preferences
        self.theme = preferences.theme

    @property
    def keeps_edits(self) -> bool:
        """Whether what becomes of drafts is kept."""
        return self.preferences.keep_edits

    # What the session tells -----------------------------------------------------------------

    def on_told(self) -> None:
        """Show the first news at once and what follows a few times a second: each showing draws the
        screen, and a key would wait for it."""
        wait = self._told_at + TOLD_EVERY_S - monotonic()
        if wait > 0:
            # not `set_timer`: one whose time is over before it is started never calls
            get_running_loop().call_later(wait, self.call_later, self._show_news)
        else:
            self._show_news()

    def _show_news(self) -> None:
        self._told_at = monotonic()
        for news in self.inbox.empty():
            self._tell_rooms(news)

    def _tell_rooms(self, news: News) -> None:
        match news:
            case Looked(situation):
                self.situation = situation
                for room in self._furnished():
                    room.look_around()
                if not situation.base:
                    self._welcome()
            case Ready():
                self._show_ready()
            case _:
                for room in self._furnished():
                    if news.order is None or news.order.room == room.NAME:
                        room.hear(news)

    def _furnished(self) -> list[Room]:
        """The rooms whose widgets are there: not one that is being entered, and none any more
        once the program is ending."""
        return [room for room in self.rooms.values() if room.is_mounted and room.query(StatusLine)]

    def _welcome(self) -> None:
        """The first run, once."""
        from microtune_tui.welcome.screen import Welcome

        if not any(isinstance(screen, Welcome) for screen in self.screen_stack):
            self.push_screen(Welcome())

    def _show_ready(self) -> None:
        self.loaded = True
        for room in self._furnished():
            if self.situation and self.situation.misfit:
                room.say(f"{misfit_line(self.situation)}. Run `microtune train`.", "trouble")
            else:
                room.hear(Ready())
