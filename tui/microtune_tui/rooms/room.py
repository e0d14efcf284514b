"""What all rooms of the assistant share: the lines above and below, news, jobs for the clerk."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer

from microtune.errors import MicrotuneError
from microtune.store import Store
from microtune_tui.orders import News, Situation
from microtune_tui.widgets.rooms_line import RoomsLine
from microtune_tui.widgets.status import Mood, StatusLine

if TYPE_CHECKING:
    from microtune_tui.app import Assistant

Result = TypeVar("Result")


class Room(Screen[None]):
    """A screen that stays as it was left. A subclass yields its middle in `contents`."""

    NAME: ClassVar[str]  # as in `ROOMS`
    HELP_TEXT: ClassVar[str] = ""  # Markdown: what one does here, in a few lines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "app.help", "Help", priority=True),
    ]

    def compose(self) -> ComposeResult:
        yield RoomsLine(self.NAME)
        yield from self.contents()
        yield StatusLine()
        yield Footer(show_command_palette=False, compact=True)

    def contents(self) -> ComposeResult:
        """The widgets between the first line and the last two."""
        yield from ()

    @property
    def assistant(self) -> "Assistant":
        return cast("Assistant", self.app)

    @property
    def status(self) -> StatusLine:
        return self.query_one(StatusLine)

    @property
    def situation(self) -> Situation | None:
        """How things stand; None until the session has looked."""
        return self.assistant.situation

    def say(self, line: str, mood: Mood = "calm") -> None:
        self.status.say(line, mood)

    def on_mount(self) -> None:
        self.look_around()

    def on_screen_resume(self) -> None:
        self.look_around()

    def look_around(self) -> None:
        """Show how things stand: on entering the room, and whenever they changed."""
        if self.situation and self.is_mounted:
            self.status.show(self.situation)
            self.set_class(self.situation.adapter is None, "-no-adapter")
        self.refresh_bindings()

    def hear(self, news: News) -> None:
        """News of this room's orders, and what concerns every room."""

    async def clerk(self, job: Callable[[Store], Result]) -> Result | None:
        """What the clerk brings; None where it could not, which the status line then says."""
        try:
            return await self.assistant.clerk.do(job)
        except MicrotuneError as error:
            self.say(str(error), "trouble")
            return None
