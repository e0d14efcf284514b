"""A place before its owner consents to it: what would be taken, with samples, and in what words."""

import asyncio
from collections.abc import Callable
from typing import Literal

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Static

from microtune.errors import MicrotuneError
from microtune.preview import Preview
from microtune.words import Source
from microtune_tui.dialogues.dialogue import Dialogue
from microtune_tui.forgetting import count

Consent = Literal["learn", "context"]
SAMPLES = 4  # texts that would be taken, and as many that would not
WIDTH = 150  # characters of each


class Offer(Dialogue[Consent]):
    """ "learn", "context", or None where nothing was agreed to. `look` may take half a minute."""

    def __init__(
        self, source: Source, agreed: str, look: Callable[[], Preview] | None, inbox: bool
    ) -> None:
        """`agreed` is what one would agree to; `inbox`: it can be one that is context only."""
        super().__init__("May microtune read this?")
        self._source, self._agreed, self._inbox = source, agreed, inbox
        self._look = look

    def contents(self) -> ComposeResult:
        yield Static(self._source.place, id="offered", markup=False)
        with VerticalScroll(classes="said"):
            yield Static("", id="what", markup=False)
        yield Static(f"You would agree to: {self._agreed}", id="agreed", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Leave it", id="no", compact=True)
            yield Button("Read and learn from it", id="learn", variant="primary", compact=True)
            if self._inbox:
                yield Button("Inbox: only to answer", id="context", compact=True)

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()
        if self._look:
            self._say("Looking at a part of it. Nothing is kept.")
            self._preview(self._look)

    @work(exclusive=True)
    async def _preview(self, look: Callable[[], Preview]) -> None:
        try:
            self._say("\n".join(lines(self._source, await asyncio.to_thread(look))))
        except MicrotuneError as error:
            self._say(str(error))

    def _say(self, text: str) -> None:
        self.query_one("#what", Static).update(text)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        answers: dict[str, Consent] = {"learn": "learn", "context": "context"}
        self.dismiss(answers.get(event.button.id or ""))


def lines(source: Source, seen: Preview) -> list[str]:
    """What would be taken and left out, with a few of both."""
    me = f" by {', '.join(source.me)}" if source.me else ""
    more = (
        f" There is more: this is what the first {seen.items} items hold." if seen.stopped else ""
    )
    taken_of = f"{count(seen.taken, 'text')}{me} with {count(seen.words, 'word')}"
    said = [f"{taken_of} would be taken.{more}"]
    if seen.dropped:
        counts = ", ".join(f"{number} {reason}" for reason, number in seen.dropped.items())
        said.append(f"Left out: {counts}.")
    taken = [sample for sample in seen.samples if not sample.reason][:SAMPLES]
    dropped = [sample for sample in seen.samples if sample.reason and sample.text][:SAMPLES]
    said += [f"\nTaken, for instance: {_beginning(sample.text)}" for sample in taken]
    said += [f"\nLeft out ({s.reason}): {_beginning(s.text)}" for s in dropped]
    return said


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= WIDTH else line[: WIDTH - 1] + '…'}”"
