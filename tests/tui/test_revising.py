"""Two versions of a text: what changed, hunk by hunk, and no word is ever lost."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune_tui.revising import matching
from microtune_tui.revising.facts import lost
from microtune_tui.revising.revision import Part, revision
from microtune_tui.revising.words import words_of

WORDS = ("plums", "the", "jar", "of", "Tuesday.", "ten", "a", "über", "12,50")
SPACES = (" ", "\n", "\n\n", "  ", "\n \n", "\t")
prose = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SPACES)), max_size=40).map(
    lambda pairs: "".join(word + space for word, space in pairs)
)
texts = prose | prose.map(str.strip) | st.text(max_size=60)
sequences = st.lists(st.sampled_from("abcd"), max_size=14)


@given(texts, texts)
def test_none_gives_the_old_version_and_all_the_new_one(old: str, new: str) -> None:
    changes = revision(old, new)
    assert changes.text(()) == old
    if changes.hunks:
        assert changes.text(changes.hunks) == new
    else:  # they differ in white space at most, which is nothing to take or leave
        assert old.split() == new.split()


@given(texts, texts, st.randoms(use_true_random=False))
def test_each_hunk_is_of_one_version_or_the_other_and_words_stay_apart(
    old: str, new: str, chance: random.Random
) -> None:
    changes = revision(old, new)
    taken = {hunk for hunk in changes.hunks if chance.random() < 0.5}
    sides = [part.new if n in taken else part.old for n, part in enumerate(changes.parts)]
    assert changes.text(taken).split() == [word for side in sides for word in side.split()]


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert revision(text, text).hunks == ()


@given(texts)
def test_words_with_their_white_space_are_the_text(text: str) -> None:
    assert "".join(word.whole for word in words_of(text)) == text


def common_length(old: list[str], new: list[str]) -> int:
    """The length of a longest common subsequence, by the plain table."""
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a, x in enumerate(old):
        for b, y in enumerate(new):
            longer = max(table[a][b + 1], table[a + 1][b])
            table[a + 1][b + 1] = table[a][b] + 1 if x == y else longer
    return table[-1][-1]


@pytest.mark.parametrize("kept", [matching.KEPT, 4], ids=["whole", "halved"])
@given(old=sequences, new=sequences)
def test_what_is_common_is_as_long_as_can_be(kept: int, old: list[str], new: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "KEPT", kept)
        found = matching.matches(old, new)
    for a, b, size in found:
        assert old[a : a + size] == new[b : b + size]
    assert sum(match.size for match in found) == common_length(old, new)


def test_a_light_hand_leaves_small_hunks() -> None:
    changes = revision(
        "Thank you for the plums, which came on Tuesday. Best,\nM",
        "Thanks for the fine plums that came on Tuesday. Best, M",
    )
    assert [(p.old, p.new) for p in changes.parts if p.changed] == [
        ("Thank you ", "Thanks "),
        ("plums, which ", "fine plums that "),
    ]
    assert changes.words_kept == (7, 11)


def test_where_lines_are_broken_is_no_change_but_a_paragraph_is() -> None:
    assert revision("one two\nthree four", "one\ntwo three four").hunks == ()
    assert revision("one two. Three", "one two.\n\nThree").hunks


def test_another_text_is_one_change_for_each_paragraph() -> None:
    changes = revision(
        "We made the jam.\n\nThe cellar is full of it.", "He sold a boat.\n\nIt sank at the pier."
    )
    assert changes.parts == (
        Part("We made the jam.\n\n", "He sold a boat.\n\n", True),
        Part("The cellar is full of it.", "It sank at the pier.", True),
    )


@pytest.mark.timeout(300)  # seconds; by difflib minutes
@pytest.mark.parametrize("words", [20_000, 5], ids=["rare", "repeating"])
def test_a_hundred_kilobytes_do_not_take_long(words: int) -> None:
    rng = random.Random(3)
    old, new = (" ".join(f"w{rng.randrange(words)}" for _ in range(17_000)) for _ in range(2))
    assert revision(old, new).hunks


def test_names_and_numbers_that_are_gone_are_found() -> None:
    old = "Dear Anna,\n\nThank you for Bo's 14 jars. I’ve kept 2 seats (until 10:30), Monday's too."
    assert lost(old, "dear anna: fourteen jars, 2 seats on mondays") == [
        "Bo",
        "14",
        "10:30",
        "Monday",
    ]
    assert lost(old, old) == []
