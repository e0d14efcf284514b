"""When to learn: by itself while the computer is idle, or only when told to."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from microtune.errors import MicrotuneError
from microtune_tui.daemon_orders import service_of
from microtune_tui.services import install
from microtune_tui.welcome.step import Step
from microtune_tui.widgets.choices import Choices

WHAT = """\
Learning takes minutes of full work. By itself it happens only while nobody uses the computer and \
it is on mains; it stops within two seconds when you come back, and goes on later."""


class WhenStep(Step):
    """Nothing is installed before the person said so; what would be is shown."""

    HEADING: ClassVar[str] = "When it learns"

    def compose(self) -> ComposeResult:
        service = service_of(self.assistant.wiring.home)
        yield Static(WHAT, markup=False)
        yield Choices(
            ["Only when I say so (Training, F8)", "By itself, while the computer is idle"]
        )
        yield Static(
            f"By itself means: {service.path} is written, which starts microtune when you log in. "
            "Settings (F12) takes it away again.",
            classes="hint",
            markup=False,
        )

    async def shown(self) -> None:
        self.query_one(Choices).focus()

    async def done(self) -> str:
        if self.query_one(Choices).chosen != 1:
            return ""
        service = service_of(self.assistant.wiring.home)
        try:
            left = await asyncio.to_thread(install, service)
        except MicrotuneError as error:
            return str(error)
        if left:
            self.notify(left, timeout=20, markup=False)
        return ""
