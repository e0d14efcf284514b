"""A box over the room that one is in. Escape closes it, and nothing was chosen then."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from microtune.store import Store
from microtune_tui.widgets.keys_line import KeysLine

if TYPE_CHECKING:
    from microtune_tui.app import Assistant

Choice = TypeVar("Choice")
Result = TypeVar("Result")


class Dialogue(ModalScreen[Choice]):
    """A subclass yields what stands in the box in `contents`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", priority=True),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialogue") as box:
            box.border_title = self._title
            yield from self.contents()
        yield KeysLine()

    def contents(self) -> ComposeResult:
        """The widgets in the box."""
        yield from ()

    @property
    def assistant(self) -> "Assistant":
        return cast("Assistant", self.app)

    async def clerk(self, job: Callable[[Store], Result]) -> Result | None:
        """What the clerk brings; None where it could not, and the person was told why."""
        warn = partial(self.notify, severity="warning", markup=False)
        return await self.assistant.bring(job, warn)

    def action_close(self) -> None:
        self.dismiss(None)
