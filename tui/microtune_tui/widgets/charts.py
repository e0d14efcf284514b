"""Curves: how a run learns, and how adapters measured over time."""

from collections.abc import Sequence
from typing import ClassVar

from textual_plotext import PlotextPlot

from microtune_adapters.cards import Card
from microtune_adapters.run_progress import Curve
from microtune_tui.widgets.measurements import bits_of

MARKS = {"base": "·", "base_rag": "o", "adapter": "+", "adapter_rag": "#"}
"""Condition → its mark: marks tell them apart, colours only help."""
ABOVE = 0.5  # of the range is free above the loss, for the legend


class Chart(PlotextPlot):
    """A plot that is drawn anew when what it shows changed."""

    SCOPED_CSS = False  # the classes of the screen matter
    DEFAULT_CSS = """
    Chart { height: 11; }
    .-tall Chart { height: 14; }
    """
    EMPTY: ClassVar[object] = None

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._shown: object = self.EMPTY

    def is_new(self, what: object) -> bool:
        """Whether it shows something else so far."""
        changed, self._shown = what != self._shown, what
        return changed

    def begin(self) -> None:
        self.plt.clear_data()
        self.plt.clear_figure()


class LossChart(Chart):
    """How much the texts still surprise the model, step by step."""

    def show(self, curve: Curve, aside: Curve) -> None:
        if not self.is_new((curve, aside)):
            return
        self.begin()
        if curve:
            steps, losses = _axes(curve)
            self.plt.plot(steps, losses, marker="braille", label="texts it learns from")
        if aside:
            steps, losses = _axes(aside)
            self.plt.scatter(steps, losses, marker="o", label="texts that only steer it")
        losses = [loss for _, loss in (*curve, *aside)]
        if losses:
            span = max(losses) - min(losses)
            self.plt.ylim(min(losses), max(losses) + ABOVE * span)
        self.plt.xlabel("steps")
        self.plt.xticks(_ticks([step for step, _ in (*curve, *aside)]))
        self.refresh()


class HistoryChart(Chart):
    """The held-out figures of adapters in the order in which they were made. What the marks stand
    for is said above it, in the table of the same figures: a legend would cover some of them."""

    def show(self, cards: Sequence[Card]) -> None:
        figures = [(card.created[:10], dict(bits_of(card))) for card in cards]
        if not self.is_new(figures):
            return
        self.begin()
        for condition, mark in MARKS.items():
            known = [
                (n, bits[condition]) for n, (_, bits) in enumerate(figures) if condition in bits
            ]
            if known:
                self.plt.plot(*_axes(known), marker=mark)
        self.plt.xticks(list(range(len(figures))), [day for day, _ in figures])
        self.plt.xlim(-0.5, len(figures) - 0.5)
        self.refresh()


def _axes(points: Sequence[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _ticks(steps: Sequence[int]) -> list[float]:
    """At most five whole steps, evenly spread."""
    if not steps:
        return []
    first, last = min(steps), max(steps)
    return sorted({first + (last - first) * n // 4 for n in range(5)})
