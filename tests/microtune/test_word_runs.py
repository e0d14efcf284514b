"""Runs of words in common: each is in both texts, and none that is longer is missed."""

from hypothesis import given
from hypothesis import strategies as st

from microtune.word_runs import FEWEST, Runs

FEW_WORDS = st.lists(st.sampled_from("abcd"), max_size=14).map(" ".join)


def runs(text: str, other: str) -> list[str]:
    return [text[run.start : run.end] for run in Runs(text).shared_with(other)]


def test_case_and_punctuation_do_not_matter() -> None:
    assert runs("Well, the GARDEN, near our house!", "the garden near our mill") == [
        "the GARDEN, near our"
    ]


def test_two_words_are_no_run() -> None:
    assert runs("near our mill", "near our house") == []
    assert runs("", "") == runs("near our mill", "") == []


def test_of_runs_within_each_other_the_longest_counts() -> None:
    text = "we went home and slept"
    assert runs(text, "went home and. We went home and slept well") == [text]


@given(FEW_WORDS, FEW_WORDS)
def test_each_run_is_in_both_and_cannot_be_longer(text: str, other: str) -> None:
    found = Runs(text).shared_with(other)
    words, others = text.split(), f" {other} "
    shared = {
        (i, j)
        for i in range(len(words))
        for j in range(i + FEWEST, len(words) + 1)
        if f" {' '.join(words[i:j])} " in others
    }
    outermost = {
        (i, j)
        for i, j in shared
        if not any((a, b) != (i, j) and a <= i and j <= b for a, b in shared)
    }
    assert {(run.start // 2, (run.end + 1) // 2) for run in found} == outermost
    assert [run.words for run in found] == [len(text[r.start : r.end].split()) for r in found]
