"""The names by which other programs call the models of a home, and which adapter each means now.

Read from the library whenever asked: the daemon may have promoted another since.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from microtune.errors import MicrotuneError
from microtune.settings import Settings
from microtune_adapters.cards import REJECTED, Card
from microtune_adapters.library import Library
from microtune_tui.serving.refusals import Refusal

ME, BASE, ADAPTER = "me", "base", "adapter:"


@dataclass(frozen=True, slots=True)
class Models:
    """The models of one base: itself, and the adapters in the library that were trained for it."""

    library: Library
    settings: Settings

    def names(self) -> dict[str, Card | None]:
        """Every name with its adapter's card; None is the bare base."""
        named: dict[str, Card | None] = {}
        if active := self._active():
            named[ME] = active
        named[BASE] = None
        for card, _ in self.library.list():
            if self._serves(card) and card.verdict != REJECTED:
                named[f"{ADAPTER}{card.id}"] = card
        return named

    def card(self, name: str) -> Card | None:
        """The card of the adapter that `name` means, None for the bare base. Raises `Refusal`."""
        try:
            return self._card(name)
        except MicrotuneError as error:
            raise self._unknown(str(error)) from error

    def _card(self, name: str) -> Card | None:
        if name == BASE:
            return None
        if name == ME:
            return self._mine()
        if not name.startswith(ADAPTER):
            raise MicrotuneError(f"no model is called {name[:60]!r}", "")
        card = self.library.find(name.removeprefix(ADAPTER))
        card.require_weights()
        card.require_base(self.settings.base_sha256, self.settings.base_name)
        return card

    def _mine(self) -> Card:
        active = self.library.active()
        if active is None:
            raise MicrotuneError("there is no adapter of yours yet", "Run `microtune train`.")
        active.require_base(self.settings.base_sha256, self.settings.base_name)
        return active

    def _active(self) -> Card | None:
        active = self.library.active()
        return active if active and self._serves(active) else None

    def _serves(self, card: Card) -> bool:
        return not card.erased and card.base_sha256 == self.settings.base_sha256

    def _unknown(self, why: str) -> Refusal:
        known = f"{why.rstrip('.')}. Models here: {', '.join(self.names())}"
        return Refusal(404, known, "model_not_found", "model")


def facts(name: str, card: Card | None) -> dict[str, Any]:
    """One model as OpenAI's list has it; the bare base has no day on which it was made here."""
    created = int(datetime.fromisoformat(card.created).timestamp()) if card else 0
    return {"id": name, "object": "model", "created": created, "owned_by": "microtune"}
