"""What a pass remembers is bounded, and changes nothing that it finds."""

import pytest

from microtune import sifting, source_pass
from microtune.collecting import collect
from microtune.curation.curator import Curator
from microtune.store import Store
from microtune.words import Found
from microtune_collectors.memory import MemoryCollector
from tests.microtune.invented import CONSENT, FOLDER, found, letter

NEARLY = " And then we went home."


def passes() -> list[list[Found]]:
    """Two passes: repeated, edited and nearly equal texts, near each other and far apart."""
    new = [found(number) for number in range(30)]
    copies = [Found(f"copy-{number}.txt", letter(number)) for number in range(0, 30, 7)]
    near = [Found(f"near-{number}.txt", letter(number) + NEARLY) for number in (0, 3, 29)]
    edited = [Found(one.place, one.text + NEARLY) for one in new[5:15]]
    again = [Found(f"again-{number}.txt", letter(number)) for number in (5, 6, 14)]
    return [[*new, *copies, *near], [*edited, *again, *new[:5], found(31), *copies]]


def collected(store: Store) -> list[tuple[int, int, dict[str, int]]]:
    store.sources.add(FOLDER, CONSENT)
    done = []
    for items in passes():
        one = collect(store, lambda source: MemoryCollector(source, items), Curator())  # noqa: B023
        done.append((one.new, one.updated, dict(one.skipped)))
    return done


@pytest.mark.parametrize("scanned", [0, 2, 1000])
def test_what_a_pass_finds_does_not_depend_on_what_it_remembers(
    store: Store, monkeypatch: pytest.MonkeyPatch, scanned: int
) -> None:
    monkeypatch.setattr(source_pass, "BATCH_ITEMS", 3)
    monkeypatch.setattr(sifting, "PENDING", 4)
    monkeypatch.setattr(sifting, "REMEMBERED", 2)
    monkeypatch.setattr(sifting, "SCANNED", scanned)
    first, second = collected(store)
    assert first == (30, 0, {"exact duplicate": 5, "near duplicate": 3})
    # a text that was edited away comes back elsewhere, and is near what took its place
    assert second == (1, 10, {"near duplicate": 3})
