"""Cutting texts into passages."""

from hypothesis import given
from hypothesis import strategies as st

from microtune.passages import FEWEST, MOST, split_into_passages
from tests.microtune.invented import letter


def test_a_short_text_is_one_passage() -> None:
    assert split_into_passages("Dear Mary,\n\nthank you.\n\nAda") == [
        "Dear Mary,\n\nthank you.\n\nAda"
    ]


def test_nothing_gives_nothing() -> None:
    assert split_into_passages(" \n\n \t") == []


def test_short_paragraphs_are_joined_and_long_ones_cut_at_sentences() -> None:
    paragraphs = [letter(n, sentences) for n, sentences in enumerate((2, 3, 40, 6, 1, 7))]
    passages = split_into_passages("\n\n".join(paragraphs))
    assert len(passages) > 3
    assert all(FEWEST <= len(p.split()) <= MOST for p in passages)
    assert all(p.endswith(".") for p in passages)


def test_a_sentence_without_end_is_cut_between_words() -> None:
    passages = split_into_passages("and " * 300)
    assert [len(p.split()) for p in passages] == [120, 120, 60]


@given(st.text() | st.lists(st.sampled_from(["so", "on.", "\n\n", " ", "x?\n"])).map("".join))
def test_every_word_is_in_one_passage_in_order_and_none_is_too_long(text: str) -> None:
    passages = split_into_passages(text)
    assert " ".join(passages).split() == text.split()
    assert all(0 < len(p.split()) <= MOST for p in passages)
