"""How the active adapter measured on texts that it never saw, and what the figures mean."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from microtune_adapters.cards import Card
from microtune_tui.orders import Situation

CONDITIONS = {
    "base": "base",
    "base_rag": "  + passages",
    "adapter": "adapter",
    "adapter_rag": "  + passages",
}
MEANING = "Bits per byte of unseen texts: lower is closer to how you write."
TITLE = "Measurements"
BAR = 16  # columns of the longest bar


class MeasurementsPane(VerticalScroll):
    """The four figures of the active adapter, or how to come to have one."""

    def __init__(self) -> None:
        super().__init__(id="measurements", classes="pane")
        self.border_title = TITLE

    def compose(self) -> ComposeResult:
        yield Static("", id="figures")
        yield Static("", id="remarks", classes="hint", markup=False)

    def show(self, situation: Situation) -> None:
        card = situation.adapter
        figures = self.query_one("#figures", Static)
        figures.update(_figures(_bits(card)) if card else "")
        figures.display = card is not None
        remarks = _remarks(card) if card else _how_to_get_one(situation)
        self.query_one("#remarks", Static).update(remarks)


def _bits(card: Card) -> Mapping[str, float]:
    bits = card.measurements.get("bits_per_byte", {})
    return bits if isinstance(bits, Mapping) else {}


def _figures(bits: Mapping[str, float]) -> Content:
    """One line for each condition: its name, its figure, and a bar that begins at zero."""
    known = {name: float(bits[name]) for name in CONDITIONS if name in bits}
    best = min(known, key=lambda name: known[name], default="")
    lines = [
        Content.assemble(
            (f"{CONDITIONS[name]:<13}", "" if name == best else "dim"),
            (f"{value:.3f} ", "bold" if name == best else ""),
            (bar(value / max(known.values())), "$success" if name == best else "$foreground 35%"),
        )
        for name, value in known.items()
    ]
    return Content("\n").join(lines)


def _remarks(card: Card) -> str:
    measured = MEANING if _bits(card) else "Not measured yet: run `microtune evaluate`."
    verdict = card.verdict or "not judged"
    facts = f"Trained on {card.documents} documents, {card.created[:10]}: {verdict}"
    return "\n".join(line for line in (measured, facts, card.reason) if line)


def _how_to_get_one(situation: Situation) -> str:
    if situation.misfit:
        return (
            f"Your adapter of {situation.misfit.created[:10]} was trained for "
            f"{situation.misfit_base}. Run `microtune train` for one of this base."
        )
    if not situation.documents:
        return (
            "No adapter yet. Point microtune at texts that you wrote: `microtune sources add "
            "FOLDER`, `microtune collect`, then `microtune train`."
        )
    return (
        f"No adapter yet. {situation.documents} documents are collected: run `microtune train` "
        "to learn from them (`microtune collect` for more)."
    )


def bar(share: float) -> str:
    """A thin bar of `share` (0 to 1) of `BAR` columns, in halves of a column."""
    halves = round(max(0.0, min(1.0, share)) * BAR * 2)
    return "━" * (halves // 2) + "╸" * (halves % 2)
