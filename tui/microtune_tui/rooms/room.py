"""What all rooms of the assistant share: the lines above and below, news, jobs for the clerk."""

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from microtune.store import Store
from microtune_tui.orders import News, Situation
from microtune_tui.widgets.keys_line import KeysLine
from microtune_tui.widgets.rooms_line import RoomsLine
from microtune_tui.widgets.status import Mood, StatusLine

if TYPE_CHECKING:
    from microtune_tui.app import Assistant

KEPT_AFTER_S = 0.4  # without another change: the most that a kill can take
Result = TypeVar("Result")


class Room(Screen[None]):
    """A screen that stays as it was left. A subclass yields its middle in `contents`."""

    NAME: ClassVar[str]  # as in `ROOMS`
    LABEL: ClassVar[str]
    HELP_TEXT: ClassVar[str] = ""  # Markdown: what one does here, in a few lines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "app.help", "Help", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._restored = False
        self._keeping: Timer | None = None

    def compose(self) -> ComposeResult:
        yield RoomsLine(self.NAME)
        yield from self.contents()
        yield StatusLine()
        yield KeysLine()

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
        if self.app.is_running:
            self.status.say(line, mood)

    async def on_mount(self) -> None:
        self.look_around()
        kept = await self.clerk(lambda store: store.unfinished.of(self.NAME))
        if kept:
            self.restore(kept)
        self._restored = True

    def on_screen_resume(self) -> None:
        self.look_around()

    def look_around(self) -> None:
        """Show how things stand: on entering the room, and whenever they changed."""
        if self.situation and self.is_mounted:
            self.status.show(self.situation)
            self.set_class(self.situation.adapter is None, "-no-adapter")
        self.refresh_bindings()

    # What was begun is kept shortly after each change, and is there again after a crash ---------

    def fields(self) -> dict[str, str]:
        """What stands in the fields of this room; empty where there is nothing to keep."""
        return {}

    def restore(self, fields: Mapping[str, str]) -> None:
        """Put back what `fields` gave."""

    def changed(self) -> None:
        """A field changed: keep what stands in them, soon."""
        if not self._restored:
            return  # or it would keep the empty fields before it has read what was kept
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(KEPT_AFTER_S, self._keep_soon)

    async def keep(self) -> None:
        """Keep what stands in the fields now."""
        if self._restored:
            name, fields = self.NAME, self.fields()
            await self.clerk(lambda store: store.unfinished.keep(name, fields))

    def _keep_soon(self) -> None:
        self.run_worker(self.keep(), exclusive=True, group="keep")

    def hear(self, news: News) -> None:
        """News of this room's orders, and what concerns every room."""

    def beside(self, job: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Run `job` while the person goes on; it ends an earlier one of its group."""
        work: Any = job  # or Textual's types take its result for impossible
        self.run_worker(work, exclusive=True, group=group)

    async def clerk(self, job: Callable[[Store], Result]) -> Result | None:
        """What the clerk brings; None where it could not, which the status line then says."""
        return await self.assistant.bring(job, lambda line: self.say(line, "trouble"))
