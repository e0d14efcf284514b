"""The tone that was asked for is that of the passages in the prompt."""

from hypothesis import given
from hypothesis import strategies as st

from microtune.words import Passage
from microtune_adapters.tone import formality, in_tone

FORMAL = "We respectfully acknowledge receipt of the documents concerning the aforementioned lease."
CASUAL = "Hey, that's great! Thanks, I'll see you guys on Tuesday, ok?"


def test_formal_texts_measure_higher_than_casual_ones() -> None:
    assert formality(FORMAL) > formality("I saw the roofer and he saw no roof.") > formality(CASUAL)
    assert formality("") == 0


@given(
    texts=st.lists(st.text(max_size=60), max_size=12),
    tone=st.integers(-2, 2),
    count=st.integers(0, 5),
)
def test_as_many_as_asked_for_in_their_order(texts: list[str], tone: int, count: int) -> None:
    passages = [Passage(str(number), 0, text) for number, text in enumerate(texts)]
    chosen = in_tone(passages, tone, count)
    assert len(chosen) == min(count, len(passages))
    assert chosen == [passage for passage in passages if passage in chosen]
    if not tone:
        assert chosen == passages[:count]


def test_a_far_passage_of_the_tone_goes_before_a_near_one_of_the_other() -> None:
    passages = [
        Passage("a", 0, FORMAL),
        Passage("b", 0, FORMAL + " Truly."),
        Passage("c", 0, CASUAL),
    ]
    assert [p.document for p in in_tone(passages, 2, 1)] == ["c"]
    assert [p.document for p in in_tone(passages, -2, 1)] == ["a"]
