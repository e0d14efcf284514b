"""What programs send to `microtune serve`: anything is a request or a refusal, nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.contracts import Sampling, Turn
from microtune_adapters import prompts
from microtune_adapters.prompts import Brief
from microtune_tui.serving import asked, wording
from microtune_tui.serving.asked import Asked
from microtune_tui.serving.fields import parse_object
from microtune_tui.serving.refusals import Refusal

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["role", "content", "type", "text", "x"]), inner)
    ),
    max_leaves=12,
)
FIELDS = """model messages prompt max_tokens max_completion_tokens temperature top_p seed stop
    stream stream_options n best_of logprobs suffix response_format tool_choice echo user""".split()  # noqa: SIM905
PARSERS = [asked.chat, asked.completion]


@given(body=st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
@pytest.mark.parametrize("parse", PARSERS)
def test_any_body_is_a_request_or_a_refusal(parse: Any, body: bytes) -> None:
    accepted_or_refused(parse, body)


@given(values=st.dictionaries(st.sampled_from(FIELDS), anything))
@pytest.mark.parametrize("parse", PARSERS)
def test_any_object_is_a_request_or_a_refusal(parse: Any, values: dict[str, Any]) -> None:
    good = {"model": "me", "prompt": "Ada", "messages": [{"role": "user", "content": "Ada"}]}
    accepted_or_refused(parse, json.dumps({**good, **values}).encode())


def accepted_or_refused(parse: Any, body: bytes) -> None:
    request = outcome(lambda: parse(parse_object(body)))
    if isinstance(request, Refusal):
        assert request.status == 400
        assert "\n" not in str(request)
        json.dumps(request.body())
        return
    assert isinstance(request, Asked)
    assert request.turns or request.text.strip()
    sampling = request.sampling
    assert 0 <= sampling.seed < 1 << 32
    assert 1 <= sampling.max_tokens <= 1 << 20
    assert 0 <= sampling.temperature <= 2
    assert 0 <= sampling.top_p <= 1
    for text in (request.text, *(turn.content for turn in request.turns), *sampling.stop):
        text.encode()  # no half surrogate pair goes on


def outcome(made: Callable[[], Any]) -> Any:
    """What was made, or the refusal."""
    try:
        return made()
    except Refusal as refusal:
        return refusal


messages = st.lists(
    st.builds(Turn, st.sampled_from(["system", "user", "assistant"]), st.text(max_size=300)),
    min_size=1,
    max_size=12,
)


@given(turns=messages, context=st.integers(64, 4096), own=st.booleans(), limit=st.integers(1, 999))
def test_a_prompt_fits_keeps_its_last_turn_and_all_instructions(
    turns: list[Turn], context: int, own: bool, limit: int
) -> None:
    request = Asked("me", Sampling(max_tokens=limit), tuple(turns))
    passages = ["I mended the gate.", "The boat is late."] if own else []
    made = outcome(lambda: wording.turns(request, own, passages, context))
    if isinstance(made, Refusal):
        assert made.code == "context_length_exceeded"
        return
    room = wording.BYTES_A_TOKEN * (context - min(limit, context // 2))
    assert sum(len(turn.content.encode()) for turn in made) <= room
    assert turns[-1].content.strip() in made[-1].content or own
    asked_for = [turn for turn in turns[:-1] if turn.role == "system"]
    voice = prompts.voice_turns(passages)
    assert [t for t in made[:-1] if t.role == "system"] in (asked_for, [*voice, *asked_for])


@given(text=st.text(min_size=1, max_size=3000).filter(str.strip), context=st.integers(64, 2048))
def test_a_text_to_go_on_from_keeps_its_end(text: str, context: int) -> None:
    text = text.encode("utf-8", "replace").decode()
    request = Asked("me", Sampling(), text=text)
    made = wording.turns(request, True, ["I mended the gate."], context)
    assert made[-1].content.startswith("Continue this text.\n\n")
    assert sum(len(turn.content.encode()) for turn in made) <= wording.BYTES_A_TOKEN * context
    assert made[-1].content.endswith(text.strip()[-10:])


def made_for(content: str, *before: Turn, own: bool = True) -> list[Turn]:
    request = Asked("me", Sampling(), (*before, Turn("user", content)))
    return wording.turns(request, own, ["I mended the gate."] if own else [], 2048)


def test_a_brief_to_an_adapter_gets_the_prompt_that_it_was_trained_on() -> None:
    passages = ["I mended the gate."]
    assert made_for("Thank Ada.") == prompts.write_turns(Brief(about="Thank Ada."), passages)


@pytest.mark.parametrize(
    "in_form",
    [
        prompts.write_turns(Brief(to="Ben")),
        prompts.reply_turns("Will you come?", Brief()),
        prompts.continue_turns("I went.", Brief()),
        prompts.rewrite_turns("I went.", Brief()),
    ],
)
def test_what_is_in_a_form_already_stays_as_it_is(in_form: list[Turn]) -> None:
    (turn,) = in_form
    assert made_for(turn.content) == [*prompts.voice_turns(["I mended the gate."]), turn]


def test_other_messages_stay_as_they_are_too() -> None:
    voice = prompts.voice_turns(["I mended the gate."])
    orders = Turn("system", "Be brief.")
    long, lines = "word " * 80, "Answer:\nYes."
    earlier = [Turn("user", "Hello"), Turn("assistant", "Good day.")]
    assert made_for(long) == [*voice, Turn("user", long)]
    assert made_for(lines) == [*voice, Turn("user", lines)]
    assert made_for("Thank Ada.", *earlier) == [*voice, *earlier, Turn("user", "Thank Ada.")]
    assert made_for("Thank Ada.", orders)[:2] == [*voice, orders]
    assert made_for("Thank Ada.", own=False) == [Turn("user", "Thank Ada.")]


@pytest.mark.parametrize(
    ("text", "answer", "both"),
    [
        ("I went", "home", "I went home"),
        ("I went ", "home", "I went home"),
        ("I went", " home", "I went home"),
        ("I went", ", and", "I went, and"),
        ("I went.\n", "Then", "I went.\nThen"),
        ("I went", "", "I went"),
    ],
)
def test_between_a_text_and_what_follows_stands_one_space(
    text: str, answer: str, both: str
) -> None:
    assert text + wording.joined(text, answer) == both
