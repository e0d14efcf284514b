"""Chats in tokens: typed control tokens stay text, trainer and engine agree, prompts fit."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from microtune.contracts import Turn
from microtune_adapters.chatml import DOCUMENT_END, END, START, ChatCodec
from microtune_adapters.engine.native import NativeModel
from microtune_adapters.torch_base import TorchBase

CONTROL = (START, END, DOCUMENT_END)
PROSE = st.lists(st.sampled_from((*CONTROL, "Ada ", "’s tea\n\n", "  12 lamps", "<|", "|>"))).map(
    "".join
)
TEXT = st.text(max_size=120) | PROSE
TURNS = st.lists(st.builds(Turn, st.sampled_from(("system", "user")), TEXT), max_size=3)


@pytest.fixture(scope="module")
def codec(torch_base: TorchBase) -> ChatCodec:
    return torch_base.codec


@settings(max_examples=300)
@given(TEXT)
@example("a\0b")
@example("\ud800")
@example("I'LL  go \r\n\tnow   ")
def test_trainer_and_engine_tokenise_alike(
    codec: ChatCodec, native: NativeModel, text: str
) -> None:
    assert codec.encode(text) == native.tokenise(text)


@given(TEXT)
def test_text_never_becomes_a_control_token(
    codec: ChatCodec, native: NativeModel, text: str
) -> None:
    control = {native.control(token) for token in CONTROL}
    assert {codec.start, codec.end} < control
    assert not control & set(codec.encode(text))


@given(TEXT)
def test_a_turn_is_closed_once_whatever_it_says(codec: ChatCodec, text: str) -> None:
    ids = codec.prompt([Turn("user", text)])
    assert ids.count(codec.end) == 1
    assert ids.count(codec.start) == 2
    assert codec.answer(text) == [*codec.encode(text), codec.end]


@given(TURNS, st.integers(0, 200))
def test_a_fitted_prompt_fits_and_ends_with_the_opening(
    codec: ChatCodec, turns: list[Turn], spare: int
) -> None:
    opening = codec.prompt(())
    fitted = codec.fitted(turns, len(opening) + spare)
    assert len(fitted) <= len(opening) + spare
    assert fitted[-len(opening) :] == opening


def test_passages_go_before_a_word_of_the_request_does(codec: ChatCodec) -> None:
    request, passages = Turn("user", "Write this. " * 20), Turn("system", "Earlier words. " * 20)
    room = len(codec.prompt([request]))
    assert codec.fitted([passages, request], room) == codec.prompt([request])
    assert codec.fitted([passages, request], 3 * room) == codec.prompt([passages, request])
    cut = codec.fitted([passages, request], room - 5)
    assert len(cut) == room - 5
    assert cut[: room - 20] == codec.prompt([request])[: room - 20]


@given(TURNS, TEXT.filter(bool))
def test_an_answer_that_is_begun_is_left_open(
    codec: ChatCodec, turns: list[Turn], text: str
) -> None:
    begun = [*turns, Turn("assistant", text)]
    assert codec.prompt(begun) == [*codec.prompt(turns), *codec.encode(text)]


def test_the_beginning_of_an_answer_is_not_cut(codec: ChatCodec) -> None:
    turns = [Turn("system", "Earlier words. " * 20), Turn("user", "Go on. " * 20)]
    begun = Turn("assistant", "I beg you to")
    opening = codec.prompt([begun])
    room = len(opening) + 30
    fitted = codec.fitted([*turns, begun], room)
    assert len(fitted) == room
    assert fitted[-len(opening) :] == opening
