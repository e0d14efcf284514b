"""Text comes in whole characters and without a trace of a stop sequence, however it is cut."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from microtune_adapters.engine.text import TextStream

LETTERS = st.text(alphabet="ab é🙂\n", max_size=30)


def stream(pieces: list[bytes], stop: tuple[str, ...] = ()) -> list[str]:
    text = TextStream(stop)
    return [*(text.feed(piece) for piece in pieces), text.finish()]


@st.composite
def cut_text(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    text = draw(LETTERS)
    content = text.encode()
    cuts = sorted(draw(st.lists(st.integers(0, len(content)), max_size=8)))
    edges = [0, *cuts, len(content)]
    return text, [content[a:b] for a, b in pairwise(edges)]


@given(cut_text())
def test_characters_stay_whole(case: tuple[str, list[bytes]]) -> None:
    text, pieces = case
    shown = stream(pieces)
    assert "".join(shown) == text
    assert "\ufffd" not in "".join(shown)


@given(cut_text(), st.lists(st.text(alphabet="ab é🙂\n", max_size=4), max_size=3))
def test_the_text_ends_where_the_first_stop_sequence_begins(
    case: tuple[str, list[bytes]], stops: list[str]
) -> None:
    text, pieces = case
    shown = "".join(stream(pieces, tuple(stops)))
    assert text.startswith(shown)
    assert not any(stop in shown for stop in stops if stop)
    if not any(stop in text for stop in stops if stop):
        assert shown == text


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert "".join(stream([b"a\xff", b"b\xf0\x9f"])) == "a�b�"


def test_only_what_may_be_a_stop_sequence_is_held_back() -> None:
    text = TextStream(("---",))
    assert text.feed(b"one-") == "one"
    assert text.feed(b"two-") == "-two"
    assert text.feed(b"--three") == ""
    assert text.stopped
    assert text.feed(b"four") == text.finish() == ""
