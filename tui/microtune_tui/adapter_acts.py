"""What a person does with the adapters of the library, each with its line in the ledger."""

from pathlib import Path

from microtune.store import Store
from microtune_adapters.cards import Card
from microtune_adapters.forms import OutForm
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


def export(
    wiring: Wiring, store: Store, adapter: str, path: Path, form: OutForm = "microtune"
) -> Card:
    """Write it to a file or folder in that form, without any training text."""
    card = wiring.library.find(adapter)
    base = wiring.base() if form == "mlx" else None  # to verify it takes its time
    wiring.library.export(card.id, path, form, base)
    store.ledger.append("exported", {"adapter": card.id})
    return card


def import_(wiring: Wiring, store: Store, path: Path) -> Card:
    """Take in an adapter of the base, exported by microtune or made elsewhere, as a candidate."""
    adapter = wiring.library.import_(path, wiring.base())
    store.ledger.append("imported", {"adapter": adapter})
    return wiring.library.find(adapter)


def trained_on(card: Card) -> str:
    """How much, for people; of another program's adapter that is not known."""
    return "made elsewhere" if card.foreign else f"{card.documents} documents"


def unproven(card: Card) -> str:
    """What must be said of an adapter whose base nothing proves; "" for any other."""
    if card.recipe.get("base_proven", True):
        return ""
    return f"Nothing proves that it was made for {card.base_name}; only its shapes fit."


def remove(wiring: Wiring, store: Store, adapter: str) -> Card:
    """Delete one that is not active."""
    card = wiring.library.find(adapter)
    wiring.library.remove(card.id)
    store.ledger.append("removed", {"adapter": card.id})
    return card


def _base(wiring: Wiring) -> str:
    settings = wiring.chosen()
    return settings.base_sha256 if settings else ""
