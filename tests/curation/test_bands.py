"""Every signature that shares a band is found, however they were added and the table grew."""

import random

import numpy as np
import pytest

from microtune.curation import bands
from microtune.curation.bands import Bands, Signatures, agreement

VALUES, ROWS = 12, 3


def table(count: int, seed: int = 1) -> Signatures:
    """Signatures of few different values, so that many share a band."""
    return np.random.default_rng(seed).integers(0, 3, size=(count, VALUES), dtype=np.uint32)


def sharing(kept: Signatures, sought: Signatures) -> set[int]:
    """The rows that agree with `sought` in a whole band, by looking at each."""
    equal = (kept == sought).reshape(len(kept), VALUES // ROWS, ROWS)
    return set(equal.all(axis=2).any(axis=1).nonzero()[0].tolist())


@pytest.mark.parametrize("slots", [1, 4, 4096])
def test_every_row_that_shares_a_band_is_found(slots: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bands, "FEWEST_SLOTS", slots)
    monkeypatch.setattr(bands, "BLOCK", 7)
    kept, chance = table(200), random.Random(1)
    index, at = Bands(VALUES, ROWS), 0
    while at < len(kept):
        some = chance.choice([1, 1, 1, 2, 30])
        if some == 1:
            index.add(kept[at])
        else:
            index.extend(kept[at : at + some])
        at += some
        there = kept[:at]
        for sought in table(5, seed=at):
            rows, shares = index.similar(sought)
            assert sharing(there, sought) <= set(rows.tolist())
            assert len(set(rows.tolist())) == len(rows)
            assert shares.tolist() == agreement(there[rows], sought).tolist()


def test_nothing_is_similar_to_anything_in_an_empty_table() -> None:
    rows, shares = Bands(VALUES, ROWS).similar(table(1)[0])
    assert (rows.tolist(), shares.tolist()) == ([], [])


def test_agreement_is_the_share_of_equal_values() -> None:
    kept = np.array([[1, 2, 3, 4], [1, 2, 0, 0], [9, 9, 9, 9]], np.uint32)
    assert agreement(kept, kept[0]).tolist() == [1.0, 0.5, 0.0]


def test_a_large_table_takes_little_more_than_its_signatures() -> None:
    """Twice their size. datasketch took 22 times for the same."""
    kept = np.random.default_rng(1).integers(0, 1 << 32, size=(20_000, 96), dtype=np.uint32)
    index = Bands(96, 4)
    for begin in range(0, len(kept), 1000):
        index.extend(kept[begin : begin + 1000])
    taken = sum(one.nbytes for one in vars(index).values() if isinstance(one, np.ndarray))
    assert taken < 2 * kept.nbytes
