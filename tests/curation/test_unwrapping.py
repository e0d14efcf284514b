"""Hard-wrapped prose becomes whole paragraphs; what was broken by hand stays broken."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.curation.unwrapping import unwrap

PARAGRAPH = (
    "When we came to the harbour the boat had already left, and nobody could tell us whether "
    "another one would come that day; so we sat down on the wall, ate what bread there was, and "
    "watched the men mend their nets until the light went. Then it began to rain."
)


@pytest.mark.parametrize("width", [60, 65, 70, 72, 76, 79])
def test_wrapped_paragraphs_are_joined(width: int) -> None:
    wrapped = "\n\n".join(["Dear Ida,", textwrap.fill(PARAGRAPH, width), "Best,\nJon"])
    assert unwrap(wrapped) == f"Dear Ida,\n\n{PARAGRAPH}\n\nBest,\nJon"


def test_items_of_lists_stay_apart() -> None:
    items = [f"- {PARAGRAPH[:68]}", f"- {PARAGRAPH[90:150]}", f"2. {PARAGRAPH[30:99]}"]
    assert unwrap("\n".join(items)) == "\n".join(items)


def test_long_lines_are_left_alone() -> None:
    text = f"{PARAGRAPH}\n{PARAGRAPH[:70]}\n{PARAGRAPH[70:100]}"
    assert unwrap(text) == text


@given(st.lists(st.text(alphabet="ab .,-\n", max_size=100) | st.just(PARAGRAPH[:79]), max_size=12))
def test_only_breaks_change_and_only_once(lines: list[str]) -> None:
    text = "\n".join(lines)
    once = unwrap(text)
    assert once.split() == text.split()
    assert unwrap(once) == once
