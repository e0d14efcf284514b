"""Briefs: what is known of a text without its voice."""

import re

from hypothesis import given
from hypothesis import strategies as st

from microtune_adapters.briefs import FUNCTION_WORDS, about, flattened, key_phrases
from tests.adapters.writers import letter

WORDS = ("The", "river", "Ada", "don’t", "isn't", "boats", "12.5", "and", "well-known", "Émile")
PROSE = st.lists(st.sampled_from((*WORDS, ".", "!", ",", "\n\n", "—", "(", "a", "i"))).map(" ".join)
TEXT = st.text(max_size=200) | PROSE


def words(text: str) -> list[str]:
    """Words with the hyphens and apostrophes inside them, and numbers, in lower case."""
    found = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,:]*\d|\d", text)
    return [word.lower() for word in found]


@given(TEXT, st.integers(1, 6))
def test_key_phrases_are_words_of_the_text_and_few(text: str, limit: int) -> None:
    phrases = key_phrases(text, limit)
    assert len(phrases) <= limit
    assert len({phrase.lower() for phrase in phrases}) == len(phrases)
    for phrase in phrases:
        assert set(words(phrase)) <= set(words(text))
        assert not {word.replace("’", "'") for word in words(phrase)} & FUNCTION_WORDS
    assert phrases == key_phrases(text, limit)
    assert about(text, limit) == "; ".join(phrases)


def test_key_phrases_stand_in_the_order_of_the_text() -> None:
    text = "We met near the old lighthouse. Then the harbour master came, with Captain Bell."
    assert key_phrases(text, 3) == ["old lighthouse", "harbour master", "Captain Bell"]


@given(TEXT)
def test_flattening_keeps_content_words_in_order_and_no_others(text: str) -> None:
    content = [word for word in words(text) if word.replace("’", "'") not in FUNCTION_WORDS]
    assert words(flattened(text)) == content


def test_a_number_stays_whole() -> None:
    assert key_phrases("It cost 12,500.50 euros.") == ["cost 12,500.50 euros"]


def test_flattening_takes_the_voice_away() -> None:
    assert flattened("Oh, I do LOVE this garden!! Don't you?") == "oh love garden."
    assert flattened("And so it was.") == ""
    assert "alas" in flattened(letter(1))
    assert "and" not in words(flattened(letter(1)))
