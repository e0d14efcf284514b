"""Measures of a voice: what they say of texts of which the answer is known."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.house.test_bench import BENCH

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=14).map(" ".join)


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench's own modules can be imported."""
    monkeypatch.syspath_prepend(str(BENCH))


def words(seed: int, count: int, among: str) -> str:
    return " ".join(random.Random(seed).choices(among.split(), k=count))


@given(one=TEXTS, other=TEXTS)
def test_rouge_l_is_symmetric_and_full_for_the_same_words(one: str, other: str) -> None:
    from voices.likeness import rouge_l

    assert rouge_l(one, other) == rouge_l(other, one)
    assert 0 <= rouge_l(one, other) <= 100
    assert rouge_l(one, one.upper() + "!") == (100 if one else 0)


def test_rouge_l_counts_words_in_the_same_order() -> None:
    from voices.likeness import rouge_l

    assert rouge_l("the cat sat", "the cat has sat down") == pytest.approx(200 * 3 / 8)
    assert rouge_l("sat cat the", "the cat sat") == pytest.approx(100 / 3)


@given(text=TEXTS, archive=st.lists(TEXTS, max_size=4))
def test_the_longest_copied_run_is_what_trying_them_all_finds(
    text: str, archive: list[str]
) -> None:
    from voices.likeness import Copied

    said, longest = text.split(), 0
    for start in range(len(said)):
        for end in range(start + 3, len(said) + 1):
            if any(f" {' '.join(said[start:end])} " in f" {one} " for one in archive):
                longest = max(longest, end - start)
    assert Copied(archive).longest(text.upper()) == longest


def test_chrf_goes_from_nothing_alike_to_the_same() -> None:
    from voices.likeness import chrf

    assert chrf("We sail at ten.", "We sail at ten.") == 100
    assert chrf("", "We sail at ten.") == chrf("xyz", "We sail at ten.") == 0
    assert 0 < chrf("xyz", "We sail at ten.") + chrf("We sail at two.", "We sail at ten.") < 100


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Hi Bo,\n\nThe boat leaves at ten.", "hi ,"),
        ("Dear Mr. Smith:\nThe boat leaves.", "dear :"),
        ("Good morning!\nThe boat leaves.", "good morning !"),
        ("Ana and Bo,\n\nThe boat leaves.", "name ,"),
        ("All,\nThe boat leaves.", "all ,"),
        ("All is well here.\nThe boat leaves.", ""),
        ("Hi Bo, the boat leaves at ten and comes back at two.\nCome.", ""),
        ("The boat leaves at ten.", ""),
        ("", ""),
    ],
)
def test_a_greeting_is_told_by_its_form(text: str, form: str) -> None:
    from voices.manners import greeting

    assert greeting(text) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("The boat leaves.\n\nThanks,\nSue", "thanks / sue"),
        ("The boat leaves.\n\nBest regards,\n\nSue Lee", "best regards / sue lee"),
        ("The boat leaves.\nSue", "sue"),
        ("The boat leaves.  --Sue", "- sue"),
        ("The boat leaves - today", ""),
        ("The boat leaves.\nIt is a good boat.", ""),
        ("", ""),
    ],
)
def test_a_sign_off_is_told_by_its_form(text: str, form: str) -> None:
    from voices.manners import sign_off

    assert sign_off(text) == form


def test_texts_alike_lie_nearer_than_others() -> None:
    from voices.divergence import mauve

    mine = [words(seed, 25, "river boat mill ferry quay harbour tide") for seed in range(30)]
    more = [words(seed, 25, "river boat mill ferry quay harbour tide") for seed in range(50, 80)]
    others = [words(seed, 25, "jazz PIANO chord!! solo drum?") for seed in range(30)]
    assert mauve(mine, mine) == pytest.approx(1)
    assert mauve(mine, more) > 0.8
    assert mauve(mine, others) < 0.2
    assert mauve(mine, others) == pytest.approx(mauve(others, mine), abs=0.05)
    assert mauve(mine, mine[:15] + others[:15]) == pytest.approx(0.6, abs=0.3)
    assert mauve(mine[:5], [""] * 5) < 0.9  # nothing drafted is no error


def test_what_a_text_speaks_of_is_disguised_and_its_manner_is_not() -> None:
    from voices.disguise import disguised

    assert disguised("Hi Bo, I DON'T know the 12 boats…") == "Hi Xx, I DON'T know the 00 xxxxx…"
