"""One screen of the first run."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import VerticalScroll

if TYPE_CHECKING:
    from microtune_tui.app import Assistant


class Step(VerticalScroll):
    """A subclass composes what is asked, and does what was answered in `done`."""

    HEADING: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(classes="step", can_focus=False)

    @property
    def assistant(self) -> "Assistant":
        return cast("Assistant", self.app)

    async def shown(self) -> None:
        """The person came here."""

    async def done(self) -> str:
        """Do what was answered. "" goes on to the next step, a line says why not."""
        return ""
