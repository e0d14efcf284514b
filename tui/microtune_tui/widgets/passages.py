"""The person's own passages that a draft drew on. Focus shows them in full."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from microtune_tui.orders import Drawn

HINT = "The passages of yours that a draft draws on will appear here."
NONE = "Nothing of yours is near this brief, so the draft drew on no passage."


class PassagesPane(VerticalScroll):
    """Each passage with where it is from."""

    def __init__(self) -> None:
        super().__init__(id="passages", classes="pane")
        self.border_title = "Your passages that it drew on"

    def compose(self) -> ComposeResult:
        yield Static(HINT, classes="hint")

    async def show(self, passages: Sequence[Drawn]) -> None:
        with self.app.batch_update():
            await self.remove_children()
            if not passages:
                await self.mount(Static(NONE, classes="hint"))
            for drawn in passages:
                await self.mount(
                    Static(drawn.origin, classes="origin", markup=False),
                    Static(" ".join(drawn.passage.text.split()), classes="passage", markup=False),
                )
