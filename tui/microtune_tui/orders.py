"""What the assistant's screens and its drafting thread say to each other, as frozen values.

Knows nothing of screens or threads.
"""

from dataclasses import dataclass
from typing import Literal

from microtune.drafts import Draft
from microtune.words import Passage
from microtune_adapters.cards import Card
from microtune_adapters.drafting import Request

Side = Literal["own", "base"]  # the person's active adapter, or the bare base


@dataclass(frozen=True, slots=True)
class Order:
    """A draft that the person asked for. `number` tells it from an equal one asked for again.

    `room` and `pane` say who asked; a draft that is not `kept` leaves no record. `answers` is the
    id of the received message that it answers, "" for none.
    """

    number: int
    side: Side
    request: Request
    seed: int
    room: str = "write"
    pane: str = "own"
    kept: bool = True
    answers: str = ""

    def same_text_as(self, other: "Order | None") -> bool:
        """Whether both, seen through to the end, give the same text."""
        return other is not None and self._asked == other._asked

    def same_prompt_as(self, other: "Order | None") -> bool:
        return other is not None and self.request == other.request

    @property
    def _asked(self) -> tuple[Side, Request, int]:
        return self.side, self.request, self.seed


@dataclass(frozen=True, slots=True)
class Situation:
    """What there is to draft with. `base` is a name, "" before `init`."""

    base: str
    documents: int
    adapter: Card | None = None  # the active one, if it fits the base
    misfit: Card | None = None  # the active one, if it was trained for another base

    @property
    def misfit_base(self) -> str:
        """Which base the misfit is of, for people."""
        name = self.misfit.base_name if self.misfit else ""
        return f"an earlier {name}" if name == self.base else f"another base ({name})"

    @property
    def line(self) -> str:
        """What drafts are made with, in a few words."""
        if not self.base:
            return "no base yet"
        if self.adapter:
            return f"{self.base} + your adapter of {self.adapter.created[:10]}"
        return f"{self.base}, no adapter"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A passage of the person's own as a screen shows it: itself, and where it is from."""

    origin: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Looked:
    """How things stand."""

    situation: Situation


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine serves."""


@dataclass(frozen=True, slots=True)
class Began:
    """Work on an order began; these passages go into its prompt."""

    order: Order
    passages: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of an order's text."""

    order: Order
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """An order's draft is whole, stopped or cut; `draft` is None if it was stopped unbegun.

    Setting its adapter took `swap_ms`.
    """

    order: Order
    draft: Draft | None
    swap_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something could not be done; `line` says what, where and what to do next."""

    line: str
    order: Order | None = None


News = Looked | Ready | Began | Piece | Finished | Trouble
OfAnOrder = Began | Piece | Finished
