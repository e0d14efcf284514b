"""Which places may be read: those found on this machine, and any other that the person names."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static

from microtune.curation.curator import Curator
from microtune.errors import MicrotuneError
from microtune.preview import Preview, preview
from microtune.store import Store
from microtune.words import Source
from microtune_collectors.discovery import discover
from microtune_collectors.registry import open_source
from microtune_tui import consent
from microtune_tui.welcome.step import Step
from microtune_tui.widgets.choices import Ticks

WHAT = """\
Choose what microtune may learn from: mail that you sent, and texts that you wrote. It reads only \
what you tick here; passwords and account numbers are masked; you can take it back at any time."""
SAMPLES = 3


class SourcesStep(Step):
    """A tick is consent. Beneath the list stands what would be taken of the place in front."""

    HEADING: ClassVar[str] = "What it may learn from"

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, str] = {}  # place → what a preview of it said

    def compose(self) -> ComposeResult:
        yield Static(WHAT, markup=False)
        yield Ticks(id="places")
        place = Input(id="place", compact=True, placeholder="another folder, mailbox or file")
        place.cursor_blink = False
        yield place
        yield Static("", id="preview", classes="hint", markup=False)

    async def shown(self) -> None:
        places = self.query_one(Ticks)
        if not places.option_count:
            found = await asyncio.to_thread(discover, Path.home())
            for each in found:
                places.add(str(each.path), f"{each.program}: {each.path}")
        if places.option_count:
            places.focus()
        else:
            self.query_one(Input).focus()
            self._say("No mail program or notes found where they usually lie. Type a place.")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._look(self.query_one(Ticks).value_at(event.option_index))

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take a typed place into the list, ticked. With nothing typed, Enter goes on."""
        event.stop()
        if not event.value.strip():
            await self.run_action("screen.next")
            return
        given = str(Path(event.value.strip()).expanduser().absolute())
        if not Path(given).exists():
            self._say(f"There is nothing at {given}.")
            return
        places = self.query_one(Ticks)
        places.add(given, given, ticked=True)
        event.input.value = ""
        places.highlighted = places.option_count - 1

    async def done(self) -> str:
        chosen = self.query_one(Ticks).ticked
        try:
            sources = await asyncio.to_thread(lambda: [open_source(place) for place in chosen])
            await self.assistant.clerk.do(lambda store: _consent(store, sources))
        except MicrotuneError as error:
            return str(error)
        if sources:
            self.assistant.collect_now()
        return ""

    @work(exclusive=True, group="preview")
    async def _look(self, place: str) -> None:
        if place not in self._seen:
            self._say(f"Looking at {place}.")
            self._seen[place] = await asyncio.to_thread(self._previewed, place)
        self._say(self._seen[place])

    def _previewed(self, place: str) -> str:
        try:
            source = open_source(place)
            return _lines(source, preview(self.assistant.wiring.open_collector(source), Curator()))
        except MicrotuneError as error:
            return str(error)

    def _say(self, line: str) -> None:
        self.query_one("#preview", Static).update(line)


def _consent(store: Store, sources: list[Source]) -> None:
    known = {source.id for source in store.sources.all()}
    for source in sources:
        if source.id not in known:
            consent.give(store, source)


def _lines(source: Source, seen: Preview) -> str:
    me = f" by {', '.join(source.me)}" if source.me else ""
    more = f"; there is more than the {seen.items} looked at" if seen.stopped else ""
    lines = [f"Of this, {seen.taken} texts{me} with {seen.words} words would be taken{more}."]
    if seen.dropped:
        dropped = ", ".join(f"{n} {reason}" for reason, n in seen.dropped.items())
        lines.append(f"Left out: {dropped}.")
    taken = [sample for sample in seen.samples if not sample.reason][:SAMPLES]
    lines += [f"  “{' '.join(sample.text.split())[:90]}…”" for sample in taken]
    return "\n".join(lines)
