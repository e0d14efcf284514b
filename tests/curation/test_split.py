"""The newest documents are held out, and early stopping watches a stable few of the others."""

import pytest

from microtune.curation.split import split_by_time, validation_slice
from microtune.errors import MicrotuneError
from microtune.words import Document


def documents(count: int) -> list[Document]:
    return [Document(f"letter number {n}", "text", "source", f"{n}.txt") for n in range(count)]


@pytest.mark.parametrize(
    ("count", "heldout"), [(20, 10), (100, 10), (109, 10), (110, 11), (1000, 100)]
)
def test_newest_tenth_is_held_out(count: int, heldout: int) -> None:
    given = documents(count)
    split = split_by_time(given)
    assert split.train + split.heldout == tuple(given)
    assert len(split.heldout) == heldout


def test_too_few_documents_say_what_to_do() -> None:
    with pytest.raises(MicrotuneError, match=r"at least 20 documents.*Add a source"):
        split_by_time(documents(19))


def test_validation_is_a_stable_few() -> None:
    given = documents(1000)
    fitted, watched = validation_slice(given)
    assert 50 <= len(watched) <= 110
    assert sorted([*fitted, *watched], key=lambda d: d.place) == sorted(
        given, key=lambda d: d.place
    )
    _, fewer = validation_slice(given[:500])
    assert set(fewer) == set(watched) & set(given[:500])


@pytest.mark.parametrize("count", [2, 10, 20])
def test_validation_has_at_least_two(count: int) -> None:
    fitted, watched = validation_slice(documents(count))
    assert len(watched) >= 2
    assert len(fitted) + len(watched) == count
