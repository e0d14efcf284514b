"""What a person does with the adapters of the library, each with its line in the ledger."""

from pathlib import Path

from microtune.store import Store
from microtune_adapters.cards import Card
from microtune_tui.wiring import Wiring


def use(wiring: Wiring, store: Store, adapter: str) -> Card:
    """Make it the active one. Raises `MicrotuneError` where it fits another base."""
    card = wiring.library.find(adapter)
    base = wiring.base()
    card.require_base(base.sha256, base.name)
    wiring.library.use(card.id)
    store.ledger.append("adapter chosen", {"adapter": card.id})
    return card


def before(wiring: Wiring) -> Card | None:
    """The adapter that `roll_back` would bring back; None for the bare base."""
    return wiring.library.before(_base(wiring))


def roll_back(wiring: Wiring, store: Store) -> Card | None:
    """Go back to the adapter of this base that was active before; None: the bare base serves."""
    card = wiring.library.rollback(_base(wiring))
    store.ledger.append("rolled back", {"adapter": card.id if card else ""})
    return card


def export(wiring: Wiring, store: Store, adapter: str, file: Path) -> Card:
    """Write it to a file, without any training text."""
    card = wiring.library.find(adapter)
    wiring.library.export(card.id, file)
    store.ledger.append("exported", {"adapter": card.id})
    return card


def import_(wiring: Wiring, store: Store, file: Path) -> str:
    """Take in an exported adapter of the base as a candidate; its id."""
    adapter = wiring.library.import_(file, wiring.base())
    store.ledger.append("imported", {"adapter": adapter})
    return adapter


def remove(wiring: Wiring, store: Store, adapter: str) -> Card:
    """Delete one that is not active."""
    card = wiring.library.find(adapter)
    wiring.library.remove(card.id)
    store.ledger.append("removed", {"adapter": card.id})
    return card


def _base(wiring: Wiring) -> str:
    settings = wiring.chosen()
    return settings.base_sha256 if settings else ""
