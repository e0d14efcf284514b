"""Sources: which places may be read, what came of each, and what its owner wants done with it."""

import asyncio
import importlib
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from microtune import exclusions
from microtune.store import Store
from microtune_tui import source_words
from microtune_tui.gathered import Gathered, gathered
from microtune_tui.rooms.room import Room
from microtune_tui.widgets.rows import Rows

if TYPE_CHECKING:
    from microtune_collectors.discovery import Place
    from microtune_tui.rooms.source_flows import SourceFlows

LOOK_S = 1.0
OF_A_SOURCE = ("pause", "remove")


def make() -> "Sources":
    return Sources()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the list shows; `offered` are places of this machine that are no sources."""

    sources: tuple[Gathered, ...] = ()
    offered: tuple["Place", ...] = ()
    exclusions: tuple[str, ...] = ()


class Sources(Room):
    """A list; beneath it what is known of the source in front."""

    NAME = "sources"
    LABEL = "Sources"
    HELP_TEXT: ClassVar[str] = """\
Only places in this list are read, and only what you wrote there is learned from. Places that are
offered are found by their names alone: nothing in them was opened.

- **Enter** on an offered place, or **A** for any other, shows what would be taken before you agree.
- **P** pauses a source: it is not read, and its texts stay in use.
- **R** removes it: its texts leave training. **F** erases texts for good, with what was learned
  from them.
- **E** excludes paths in every source, such as `private/`.
- **C** reads everything now.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add"),
        Binding("c", "collect", "Read now"),
        Binding("p", "pause", "Pause/resume"),
        Binding("e", "exclude", "Exclude"),
        Binding("r", "remove", "Remove"),
        Binding("f", "forget", "Forget"),
    ]
    DEFAULT_CSS = """
    Sources #places { height: 1fr; border: none; background: $background; margin: 0 1; }
    Sources #detail {
        height: 9; margin: 0 1; padding: 0 1; border-top: solid $foreground 25%;
        border-title-color: $text-muted;
    }
    Sources #no-sources { height: auto; margin: 1 2; display: none; }
    Sources.-empty #no-sources { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen = Seen()
        self._looked_once = False
        self._found: list[Place] | None = None

    def contents(self) -> ComposeResult:
        yield Static(source_words.EMPTY, id="no-sources", markup=False)
        yield Rows(id="places", markup=False)
        with VerticalScroll(id="detail") as detail:
            detail.border_title = "What is known of it"
            yield Static("", id="known", markup=False)

    async def on_mount(self) -> None:
        self.set_interval(LOOK_S, self._look_while_reading)
        self.query_one(OptionList).focus()
        await self.look()

    # What the person does -------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys work now: None dims one."""
        if not self.is_mounted:
            return True
        if action in OF_A_SOURCE:
            return True if self.in_front else None
        if action == "collect":
            reading = self.assistant.collecting is not None
            return True if self._seen.sources and not reading else None
        return True

    @property
    def in_front(self) -> Gathered | None:
        """The highlighted source."""
        at = self.query_one(OptionList).highlighted
        sources = self._seen.sources
        return sources[at] if at is not None and at < len(sources) else None

    @property
    def _flows(self) -> "SourceFlows":
        from microtune_tui.rooms.source_flows import SourceFlows  # all collectors, and no hurry

        return SourceFlows(self)

    @property
    def _offered(self) -> "Place | None":
        at = self.query_one(OptionList).highlighted
        number = -1 if at is None else at - len(self._seen.sources)
        return self._seen.offered[number] if 0 <= number < len(self._seen.offered) else None

    def on_option_list_option_highlighted(self) -> None:
        self._show_known()

    def on_option_list_option_selected(self) -> None:
        """Enter, or a click, on a place that is offered."""
        if self._offered:
            self._run(self._flows.offer(str(self._offered.path)))

    def action_add(self) -> None:
        self._run(self._flows.add())

    def action_pause(self) -> None:
        if self.in_front:
            self._run(self._flows.pause(self.in_front))

    def action_exclude(self) -> None:
        self._run(self._flows.exclude(self._seen.exclusions))

    def action_remove(self) -> None:
        if self.in_front:
            self._run(self._flows.remove(self.in_front))

    def action_forget(self) -> None:
        self._run(self._flows.forget(self.in_front))

    def action_collect(self) -> None:
        """Read everything now, in a process of its own."""
        self.beside(self.collect, "collecting")

    async def collect(self) -> None:
        reading = self.assistant.collect_now()
        self.say("Reading your sources. You can write meanwhile.", "busy")
        self.refresh_bindings()
        ended = await reading.wait()
        self.say(*source_words.collected(ended))
        await self.look()

    def _run(self, flow: Coroutine[Any, Any, None]) -> None:
        self.run_worker(self._seen_through(flow), group="flow")

    async def _seen_through(self, flow: Coroutine[Any, Any, None]) -> None:
        await flow
        self.assistant.session.look()
        await self.look()

    # What there is to see -------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        self.beside(self.look, "look")

    def _look_while_reading(self) -> None:
        if self.assistant.collecting is not None and self.app.screen is self:
            self.beside(self.look, "look")

    async def look(self) -> None:
        """See what there is, and show it."""
        if self._found is None:
            self._found = await asyncio.to_thread(_discovered)
        seen = await self.clerk(self._looked)
        if seen is not None and self.is_mounted:
            changed, self._seen = seen != self._seen, seen
            if changed or not self._looked_once:
                self._looked_once = True
                self._list()
            self._show_known()
        self.refresh_bindings()

    def _looked(self, store: Store) -> Seen:
        sources = gathered(store)
        added = {one.source.place for one in sources}
        offered = tuple(p for p in self._found or () if str(p.path) not in added)
        return Seen(sources, offered, exclusions.read(store.home))

    def _list(self) -> None:
        places = self.query_one(OptionList)
        at = places.highlighted or 0
        places.clear_options()
        places.add_options(Option(_source(one)) for one in self._seen.sources)
        places.add_options(Option(_offer(place)) for place in self._seen.offered)
        if places.option_count:
            places.highlighted = min(at, places.option_count - 1)
        self.set_class(not self._seen.sources, "-empty")

    def _show_known(self) -> None:
        known = self.query_one("#known", Static)
        if self.in_front:
            known.update(source_words.detail(self.in_front, self._seen.exclusions))
        elif self._offered:
            known.update(source_words.offered(self._offered.program, str(self._offered.path)))
        else:
            known.update(source_words.NOTHING_FOUND)
        self.refresh_bindings()


def _source(one: Gathered) -> Content:
    return Content.assemble((f"{one.source.place}\n", "bold"), f"  {source_words.row(one)}")


def _discovered() -> list["Place"]:
    """In a thread, where what the keys will need can be imported as well."""
    from microtune_collectors.discovery import discover

    importlib.import_module("microtune_tui.rooms.source_flows")
    return discover(Path.home())


def _offer(place: "Place") -> Content:
    return Content.assemble(f"{place.path}\n", f"  {place.program}: not read. Enter looks at it.")
