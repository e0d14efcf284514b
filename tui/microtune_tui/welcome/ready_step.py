"""What there is now, and what to do first."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from microtune_adapters.download_state import Download
from microtune_tui.welcome.step import Step

WHAT = """\
In Write, say in a few words what a text should say, and press Enter. Until your texts are \
learned, drafts sound like the model and not like you; they already look at what you wrote.

F1 helps in every room, Ctrl+P finds everything, Ctrl+Q leaves."""


class ReadyStep(Step):
    """The last one."""

    HEADING: ClassVar[str] = "Ready"

    def compose(self) -> ComposeResult:
        yield Static(WHAT, markup=False)
        yield Static("", id="stands", classes="hint", markup=False)

    async def shown(self) -> None:
        stands = await self.assistant.clerk.do(lambda store: len(store.sources.all()))
        download = Download.load(self.assistant.wiring.home)
        lines = [
            f"Your texts from {stands} place{'' if stands == 1 else 's'} are being read now. "
            "Training (F8) learns from them when there are enough."
            if stands
            else "No texts of yours are read yet: Sources (F10) is the place for that.",
            f"{download.line} Settings (F12) switches to it." if download else "",
        ]
        self.query_one("#stands", Static).update("\n".join(line for line in lines if line))
