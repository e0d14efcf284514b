"""How an adapter measured on texts that it never saw, and what the figures mean."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from microtune_adapters.cards import Card
from microtune_tui.orders import Situation
from microtune_tui.training_facts import pairs_line
from microtune_tui.widgets.section import Section

CONDITIONS = {
    "base": "base",
    "base_rag": "  + passages",
    "adapter": "adapter",
    "adapter_rag": "  + passages",
}
MEANING = "Bits per byte of unseen texts: lower is closer to how you write."
TITLE = "Measurements"
BAR = 16  # columns of the longest bar


class MeasurementsPane(Section):
    """The four figures of one adapter, or how to come to have one."""

    def __init__(self) -> None:
        super().__init__(TITLE, id="measurements")

    def compose(self) -> ComposeResult:
        yield Static("", id="figures")
        yield Static("", id="remarks", classes="hint", markup=False)

    def show(self, situation: Situation) -> None:
        """Those of the active adapter."""
        self.show_card(situation.adapter, _how_to_get_one(situation))

    def show_card(self, card: Card | None, without: str) -> None:
        """Those of `card`; `without` is said where there is none."""
        figures = self.query_one("#figures", Static)
        figures.update(_figures(bits_of(card)) if card else "")
        figures.display = card is not None
        self.query_one("#remarks", Static).update(_remarks(card) if card else without)


def bits_of(card: Card) -> Mapping[str, float]:
    """condition → bits per byte, as far as it was measured."""
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
            (" best" if name == best else ""),
        )
        for name, value in known.items()
    ]
    return Content("\n").join(lines)


def _remarks(card: Card) -> str:
    measured = MEANING if bits_of(card) else "Not measured yet: run `microtune evaluate`."
    verdict = card.verdict or "not judged"
    how = "Made elsewhere" if card.foreign else f"Trained on {card.documents} documents"
    facts = f"{how}, {card.created[:10]}: {verdict}"
    pairs = pairs_line(card.measurements.get("pairs"))
    return "\n".join(line for line in (measured, facts, card.reason, *pairs) if line)


def _how_to_get_one(situation: Situation) -> str:
    if situation.misfit:
        return (
            f"Your adapter of {situation.misfit.created[:10]} was trained for "
            f"{situation.misfit_base}. Press T to train one for this base."
        )
    if not situation.documents:
        return (
            "No adapter yet. First point microtune at texts that you wrote, in Sources (F10), "
            "then press T to train."
        )
    return (
        f"No adapter yet. {situation.documents} documents are collected: press T to learn from "
        "them."
    )


def bar(share: float, columns: int = BAR) -> str:
    """A thin bar of `share` (0 to 1) of `columns`, in halves of a column."""
    halves = round(max(0.0, min(1.0, share)) * columns * 2)
    return "━" * (halves // 2) + "╸" * (halves % 2)
