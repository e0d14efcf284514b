"""A passage is found again in the text that it was cut from."""

from hypothesis import given
from hypothesis import strategies as st

from microtune.passages import locate, split_into_passages

TEXTS = st.lists(
    st.sampled_from(["word", "word.", "so", "\n\n", "\n", "  ", " ", "!"]), max_size=300
)


def test_other_white_space_is_the_same_passage() -> None:
    assert locate("one two", "zero one\n two.") is None
    assert locate("one two.", "zero one\n two.") == (5, 14)
    assert locate("", "zero") is locate("one", "") is locate(" ", "zero") is None


@given(TEXTS.map("".join) | st.text())
def test_each_passage_of_a_text_is_found_in_it(text: str) -> None:
    for passage in split_into_passages(text, 4, 9):
        span = locate(passage, text)
        assert span
        assert text[slice(*span)].split() == passage.split()
