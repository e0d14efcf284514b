"""Library: the person's adapters, what came of each, and which of them drafts are made with."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from microtune_adapters.cards import Card
from microtune_adapters.library import State
from microtune_tui import adapter_acts, training_words
from microtune_tui.dialogues.confirm import Confirm
from microtune_tui.dialogues.line import Line
from microtune_tui.rooms.room import Room
from microtune_tui.widgets.measurements import MeasurementsPane, bits_of
from microtune_tui.widgets.rows import Rows

EMPTY = (
    "No adapters yet. Train one in Training (F8), or press I for one that was exported on another "
    "machine of yours."
)
MARKS: dict[State, str] = {"active": "●", "candidate": "○", "retired": "○", "rejected": "×"}
ERASED = "erased"


def make() -> "Library":
    return Library()


class Library(Room):
    """A list, newest first; beside or beneath it the figures of the adapter in front."""

    NAME = "library"
    LABEL = "Library"
    HELP_TEXT: ClassVar[str] = """\
An adapter is what microtune learned of how you write. One of them is in use (●); the others can
come into use again.

- **Enter** or **U** drafts with the one in front from now on; **B** goes back to the one before.
- **E** writes one to a file without any text of yours, **I** takes such a file in.
- **D** deletes one that is not in use.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "use", "Use"),
        Binding("b", "roll_back", "Roll back"),
        Binding("e", "export", "Export"),
        Binding("i", "import", "Import"),
        Binding("d,delete", "remove", "Remove"),
    ]
    DEFAULT_CSS = """
    Library #adapters { height: 1fr; border: none; background: $background; margin: 0 1; }
    Library #no-adapters { height: auto; margin: 1 2; display: none; }
    Library.-empty #no-adapters { display: block; }
    Library #beside { height: 13; }
    Library.-wide #both { layout: horizontal; }
    Library.-wide #adapters { width: 1fr; height: 1fr; }
    Library.-wide #beside { width: 1fr; height: 1fr; }
    Library #both { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._cards: tuple[tuple[Card, State], ...] = ()
        self._looked = False

    def contents(self) -> ComposeResult:
        yield Static(EMPTY, id="no-adapters", markup=False)
        with Container(id="both"):
            yield Rows(id="adapters", markup=False)
            with VerticalScroll(id="beside", can_focus=False):
                yield MeasurementsPane()

    async def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        await self._look()

    # What the person does -------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys work now: None dims one."""
        card, state = self._in_front
        there = card is not None and not card.erased
        match action:
            case "use":
                return True if there and state in ("candidate", "retired") else None
            case "roll_back":
                return True if any(each == "active" for _, each in self._cards) else None
            case "export":
                return True if there else None
            case "remove":
                return True if card is not None and state != "active" else None
        return True

    @property
    def _in_front(self) -> tuple[Card | None, State]:
        at = self.query_one(OptionList).highlighted if self.is_mounted else None
        return self._cards[at] if at is not None and at < len(self._cards) else (None, "retired")

    def on_option_list_option_highlighted(self) -> None:
        self._show_card()

    def on_option_list_option_selected(self) -> None:
        if self.check_action("use", ()):
            self.action_use()

    def action_use(self) -> None:
        self._run(self._use())

    def action_roll_back(self) -> None:
        self._run(self._roll_back())

    def action_export(self) -> None:
        self._run(self._export())

    def action_import(self) -> None:
        self._run(self._import())

    def action_remove(self) -> None:
        self._run(self._remove())

    async def _use(self) -> None:
        card, _ = self._in_front
        wiring = self.assistant.wiring
        if card and await self.clerk(lambda store: adapter_acts.use(wiring, store, card.id)):
            self.say(f"Drafts are made with the adapter of {card.created[:10]} from now on.")

    async def _roll_back(self) -> None:
        wiring, active = self.assistant.wiring, self._active
        found = await self.clerk(lambda store: (adapter_acts.before(wiring),))
        if not (active and found):
            return
        lines = training_words.roll_back(active, found[0])
        if await self._sure("Roll back", lines, "Roll back"):
            done = await self.clerk(lambda store: (adapter_acts.roll_back(wiring, store),))
            if done:
                self.say(training_words.rolled_back(done[0]))

    async def _export(self) -> None:
        card, _ = self._in_front
        if card is None:
            return
        title, question = "Export", "To which file? It holds no text of yours."
        given = await self._line(title, question, f"microtune-{card.created[:10]}.zip")
        if given is None:
            return
        path = Path(given).expanduser().absolute()
        if path.exists():
            self.say(f"{path} exists already. Choose another name.", "trouble")
            return
        wiring = self.assistant.wiring
        if await self.clerk(lambda store: adapter_acts.export(wiring, store, card.id, path)):
            self.say(f"Wrote {path}.")

    async def _import(self) -> None:
        given = await self._line("Import", "Which file or folder? It must fit the base in use.", "")
        if given is None:
            return
        path, wiring = Path(given).expanduser().absolute(), self.assistant.wiring
        card = await self.clerk(lambda store: adapter_acts.import_(wiring, store, path))
        if card:
            said = f"Took in {card.id}. {adapter_acts.unproven(card)}".rstrip()
            self.say(f"{said} U makes drafts with it.")

    async def _remove(self) -> None:
        card, _ = self._in_front
        if card is None:
            return
        lines = (
            f"The adapter of {card.created[:10]} ({card.id}) is deleted from this machine.",
            "It cannot be had back, unless you exported it. Your texts stay.",
        )
        wiring = self.assistant.wiring
        if not await self._sure("Remove this adapter", lines, "Remove it"):
            return
        removed = await self.clerk(lambda store: adapter_acts.remove(wiring, store, card.id))
        if removed:
            self.say(f"Removed the adapter of {card.created[:10]}.")

    def _run(self, flow: Coroutine[Any, Any, None]) -> None:
        self.run_worker(self._seen_through(flow), group="flow")

    async def _seen_through(self, flow: Coroutine[Any, Any, None]) -> None:
        await flow
        self.assistant.session.look()
        await self._look()

    async def _line(self, title: str, question: str, given: str) -> str | None:
        return await self.app.push_screen_wait(Line(title, question, given))

    async def _sure(self, title: str, lines: tuple[str, ...], yes: str) -> bool:
        sure = await self.app.push_screen_wait(Confirm(title, lines, yes))
        return sure is True

    # What there is to see -------------------------------------------------------------------

    def look_around(self) -> None:
        super().look_around()
        if self.is_mounted:
            self.beside(self._look, "look")

    @property
    def _active(self) -> Card | None:
        return next((card for card, state in self._cards if state == "active"), None)

    async def _look(self) -> None:
        wiring = self.assistant.wiring
        cards = await self.clerk(lambda store: wiring.library.list())
        if cards is not None and self.is_mounted:
            newest = tuple(reversed(cards))
            if newest != self._cards or not self._looked:
                self._cards, self._looked = newest, True
                self._list()
            self._show_card()

    def _list(self) -> None:
        adapters = self.query_one(OptionList)
        at = adapters.highlighted or 0
        adapters.clear_options()
        adapters.add_options(Option(_row(card, state)) for card, state in self._cards)
        if self._cards:
            adapters.highlighted = min(at, len(self._cards) - 1)
        self.set_class(not self._cards, "-empty")

    def _show_card(self) -> None:
        card, _ = self._in_front
        without = "" if self._cards else "The figures of the adapter in front stand here."
        self.query_one(MeasurementsPane).show_card(card, without)
        self.refresh_bindings()


def _row(card: Card, state: State) -> Content:
    word = ERASED if card.erased else state
    best = min(bits_of(card).values(), default=None)
    figure = f"{best:.3f} bits per byte" if best is not None else "not measured"
    mark = MARKS[state]
    return Content.assemble(
        (f"{mark} {card.created[:10]}  {word:<10}", "bold" if state == "active" else ""),
        f"{figure}\n",
        f"  {' · '.join(_facts(card))}",
    )


def _facts(card: Card) -> tuple[str, ...]:
    return card.id, adapter_acts.trained_on(card), f"for {card.base_name}", _verdict(card)


def _verdict(card: Card) -> str:
    return {"": "not judged yet", "promoted": "passed", "rejected": "did not pass"}.get(
        card.verdict, card.verdict
    )
