"""Near duplicates are found, different texts are not."""

import random

from hypothesis import given
from hypothesis import strategies as st

from microtune.curation.duplicates import NearDuplicates, scan, signature

WORDS = [
    f"{start}{end}" for start in ("ba", "do", "fi", "ku", "me") for end in ("ra", "lin", "st", "pe")
]


def prose(seed: int, length: int = 120) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) + chance.choice(WORDS) for _ in range(length)]


def edited(words: list[str], share: float, seed: int) -> str:
    """`words` with this share of them replaced."""
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) if chance.random() < share else word for word in words)


def filled(texts: dict[str, str]) -> NearDuplicates:
    index = NearDuplicates()
    for name, text in texts.items():
        index.add(name, signature(text))
    return index


def test_slightly_edited_texts_are_found() -> None:
    texts = {str(seed): " ".join(prose(seed)) for seed in range(40)}
    index = filled(texts)
    found = [index.find(signature(edited(prose(seed), 0.03, seed))) for seed in range(40)]
    assert found == [str(seed) for seed in range(40)]


def test_other_texts_are_not_found() -> None:
    index = filled({str(seed): " ".join(prose(seed)) for seed in range(40)})
    assert {index.find(signature(" ".join(prose(seed)))) for seed in range(100, 140)} == {None}


def test_case_and_punctuation_do_not_matter() -> None:
    index = filled({"a": "Thanks, see you there!"})
    assert index.find(signature("thanks see you there")) == "a"


def test_short_texts_must_be_equal() -> None:
    index = filled({"a": "Could you add this to the bug tracker please? Thanks."})
    assert index.find(signature("Could you add this to the bug tracker please? Cheers.")) is None


def test_ignored_texts_do_not_count() -> None:
    text = " ".join(prose(1))
    index = filled({"a": text, "b": text})
    assert index.find(signature(text)) == "a"
    assert index.find(signature(text), ignore={"a"}) == "b"
    index.add("b", signature(text))
    assert index.find(signature(text), ignore={"a"}) == "b"
    assert index.find(signature(text), ignore={"a", "b"}) is None


def test_nothing_is_found_among_nothing() -> None:
    assert NearDuplicates().find(signature("a text")) is None


def test_added_one_by_one_or_at_once_they_are_found_as_by_a_scan() -> None:
    """Through growth: the index is made anew where it is full."""
    kept = [(str(seed), signature(" ".join(prose(seed)))) for seed in range(120)]
    index = NearDuplicates()
    for id, one in kept[:10]:
        index.add(id, one)
    index.extend(kept[10:100])
    for id, one in kept[100:]:
        index.add(id, one)
    for seed in range(140):
        sought = signature(edited(prose(seed), 0.02, seed))
        assert index.find(sought) == scan(sought, kept)
        assert index.find(sought, {str(seed)}) is scan(sought, kept, {str(seed)}) is None


@given(st.text())
def test_any_text_has_a_signature_that_finds_it(text: str) -> None:
    index = filled({"it": text})
    assert index.find(signature(text)) == "it"
