"""Stored signatures keep their meaning. They were first written by datasketch, and stay equal."""

import hashlib

import pytest

from microtune.curation.minhash import PERMUTATIONS, signature


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("", "077f13b025203be1"),
        ("Thanks, see you there!", "3be89468940ccae0"),
        (
            "The kiln was still warm when we opened it, and not a single pot had cracked.",
            "a1875aa2b3d1126b",
        ),
        (
            "Ärger über Öl im Süden, sagt er, ist größer als je zuvor in diesem Jahr.",
            "1bde3453273cee55",
        ),
        (" ".join(f"word{number}" for number in range(10_000)), "4a9f232c8b3ea825"),
    ],
    ids=["nothing", "few-words", "a-sentence", "umlauts", "several-blocks"],
)
def test_signatures_stay_the_same_for_ever(text: str, stored: str) -> None:
    """A change here needs a migration that computes them anew."""
    found = signature(text)
    assert len(found) == PERMUTATIONS * 4
    assert hashlib.sha256(found).hexdigest()[:16] == stored
