"""The frame of the first run: one step after the other, and back."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Button, ContentSwitcher, Static

from microtune.errors import MicrotuneError
from microtune_tui.welcome.base_step import BaseStep
from microtune_tui.welcome.ready_step import ReadyStep
from microtune_tui.welcome.sources_step import SourcesStep
from microtune_tui.welcome.step import Step
from microtune_tui.welcome.when_step import WhenStep
from microtune_tui.widgets.keys_line import KeysLine

STEPS: tuple[type[Step], ...] = (BaseStep, SourcesStep, WhenStep, ReadyStep)


class Welcome(Screen[None]):
    """Dismissed after the last step; whoever leaves before begins anew the next time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "next", "Next", priority=True),
        Binding("escape", "back", "Back", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._at = 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="welcome"):
            yield Static("", id="heading")
            with ContentSwitcher(initial="step-0"):
                for number, step in enumerate(STEPS):
                    made = step()
                    made.id = f"step-{number}"
                    yield made
            yield Static("", id="trouble", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Back", id="back", compact=True)
                yield Button("Next", id="next", variant="primary", compact=True)
        yield KeysLine()

    async def on_mount(self) -> None:
        await self._show()

    @property
    def _step(self) -> Step:
        return self.query_one(f"#step-{self._at}", Step)

    async def _show(self) -> None:
        step = self._step
        self.query_one(ContentSwitcher).current = step.id
        heading = f"microtune · {self._at + 1} of {len(STEPS)} · {step.HEADING}"
        self.query_one("#heading", Static).update(heading)
        self.query_one("#back", Button).disabled = self._at == 0
        is_last = self._at == len(STEPS) - 1
        self.query_one("#next", Button).label = "Begin" if is_last else "Next"
        self.query_one("#trouble", Static).update("")
        if is_last:
            self.query_one("#next", Button).focus()
        await step.shown()

    @work(exclusive=True)
    async def action_next(self) -> None:
        """Do what was answered, and go on."""
        try:
            trouble = await self._step.done()
        except MicrotuneError as error:
            trouble = str(error)
        if trouble:
            self.query_one("#trouble", Static).update(f"! {trouble}")
        elif self._at == len(STEPS) - 1:
            self.dismiss(None)
        else:
            self._at += 1
            await self._show()

    async def action_back(self) -> None:
        if self._at:
            self._at -= 1
            await self._show()

    def on_option_list_option_selected(self) -> None:
        self.action_next()

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "back":
            await self.action_back()
        else:
            self.action_next()
