"""Sentences end where a reader ends them, and their spans hold the whole text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.sentences import sentences_of


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences_of(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("We met. It rained! Did it? Yes…", ["We met.", "It rained!", "Did it?", "Yes…"]),
        (
            "I saw Dr. Miller at 3 p.m. today. He left.",
            ["I saw Dr. Miller at 3 p.m. today.", "He left."],
        ),
        ("J. S. Bach, e.g. his fugues. Good.", ["J. S. Bach, e.g. his fugues.", "Good."]),
        ("So do I. We agree.", ["So do I.", "We agree."]),
        ('"Come." She went.', ['"Come."', "She went."]),
        ("It costs 3.50 at example.org now", ["It costs 3.50 at example.org now"]),
        ("A line\nthat goes on.\n\nBest,\nAnn", ["A line\nthat goes on.", "Best,\nAnn"]),
        ("Bring:\n- bread\n- salt", ["Bring:", "- bread", "- salt"]),
        ("Dear Dr.\n\nI write.", ["Dear Dr.", "I write."]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


PIECES = st.sampled_from(
    ["Mr.", "e.g.", ".", "!", "?", '"', ")", " ", "\n", "\n\n", "- ", "I", "a"]
)


@given(st.text() | st.lists(PIECES).map("".join), st.data())
def test_only_space_lies_between_sentences(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    last = start
    for first, after in sentences_of(text, start, end):
        assert not text[last:first].strip()
        assert text[first:after] == text[first:after].strip() != ""
        last = after
    assert not text[last:end].strip()
