"""`microtune serve` through OpenAI's own client: models, chat, completions, streams, refusals."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.cli.running import facts
from tests.cli.servers import WRITE, Server, say, serving, texts, user

NAGLE = """
import socket
from uvicorn.protocols.http.h11_impl import H11Protocol
made = H11Protocol.connection_made
def noted(self, transport):
    made(self, transport)
    without = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    with open({log!r}, "a") as file:
        file.write(str(without) + "\\n")
H11Protocol.connection_made = noted
"""  # notes of each connection whether it is without


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, trained_home: Path) -> Path:
    return Path(shutil.copytree(trained_home, tmp_path_factory.mktemp("served") / "home"))


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving("--home", home) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[OpenAI]:
    with server.client() as client:
        yield client


def made(answer: Any) -> dict[str, Any]:
    """microtune's own field of an answer."""
    facts = answer.model_extra["microtune"]
    assert isinstance(facts, dict)
    return facts


def test_the_models_are_me_the_base_and_each_adapter(
    server: Server, client: OpenAI, home: Path
) -> None:
    active = facts("status", "--home", home)["active"]
    names = ["me", "base", f"adapter:{active}"]
    assert [model.id for model in client.models.list()] == names == server.models
    assert client.models.retrieve(f"adapter:{active}").created > 0
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("other")


def test_a_chat_is_answered_whole_with_counts(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="me", messages=user(), seed=3, max_tokens=6)
    (choice,) = answer.choices
    assert (answer.object, answer.model) == ("chat.completion", "me")
    assert (choice.index, choice.message.role) == (0, "assistant")
    assert choice.message.content
    assert answer.usage
    assert answer.usage.completion_tokens == 6
    assert choice.finish_reason == "length"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 6


def test_a_stream_says_what_the_whole_answer_says(client: OpenAI) -> None:
    stream = client.chat.completions.create(
        model="me", messages=user(), seed=3, max_tokens=6, stream=True
    )
    chunks = list(stream)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len(texts(chunks)) > 1
    assert "".join(texts(chunks)) == say(client, max_tokens=6)
    assert [c.choices[0].finish_reason for c in chunks] == [None] * (len(chunks) - 1) + ["length"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert not any(chunk.usage for chunk in chunks)


def test_a_stream_ends_with_counts_where_they_are_asked_for(client: OpenAI) -> None:
    options = {"include_usage": True}
    *chunks, last = client.chat.completions.create(  # type: ignore[call-overload]
        model="base",
        messages=user(),
        seed=3,
        max_tokens=5,
        stream=True,
        stream_options=options,
    )
    assert last.choices == []
    assert last.usage.completion_tokens == 5
    assert not any(chunk.usage for chunk in chunks)


def test_a_text_is_gone_on_from(client: OpenAI) -> None:
    asked: dict[str, Any] = {"model": "me", "prompt": "Ada carried", "seed": 4, "max_tokens": 9}
    whole = client.completions.create(**asked)
    assert whole.object == "text_completion"
    assert whole.usage
    assert 0 < whole.usage.completion_tokens <= 9
    is_cut = whole.usage.completion_tokens == 9  # what the adapter says is its own
    assert whole.choices[0].finish_reason == ("length" if is_cut else "stop")
    pieces = [chunk.choices[0].text for chunk in client.completions.create(**asked, stream=True)]
    assert "".join(pieces) == whole.choices[0].text
    echoed = client.completions.create(**asked, echo=True).choices[0].text
    assert echoed == f"Ada carried{whole.choices[0].text}"


def test_a_seed_repeats_an_answer_and_without_one_each_is_another(client: OpenAI) -> None:
    assert say(client, seed=7) == say(client, seed=7) != say(client, seed=8)
    assert len({say(client, seed=None, temperature=2) for _ in range(3)}) > 1


def test_at_temperature_0_the_seed_makes_no_difference(client: OpenAI) -> None:
    assert say(client, seed=1, temperature=0) == say(client, seed=2, temperature=0)
    assert say(client, seed=1, top_p=0) == say(client, seed=2, top_p=0)


def test_an_answer_ends_before_a_stop_text(client: OpenAI) -> None:
    whole = say(client, max_tokens=40)
    stop = whole[len(whole) // 2 :][:3]
    answer = client.chat.completions.create(
        model="me", messages=user(), seed=3, max_tokens=40, stop=[stop]
    )
    assert answer.choices[0].message.content == whole[: whole.index(stop)]
    assert answer.choices[0].finish_reason == "stop"


def test_the_newer_name_of_the_limit_counts(client: OpenAI) -> None:
    answer = client.chat.completions.create(
        model="me", messages=user(), seed=3, max_completion_tokens=3, max_tokens=50
    )
    assert answer.usage
    assert answer.usage.completion_tokens == 3


def test_me_is_the_active_adapter_shown_ones_own_passages_and_base_is_neither(
    client: OpenAI, home: Path
) -> None:
    active = facts("status", "--home", home)["active"]
    content = "The garden needs mending."
    me, named, base = (
        client.chat.completions.create(model=model, messages=user(content), seed=3, max_tokens=6)
        for model in ("me", f"adapter:{active[:5]}", "base")
    )
    assert me.choices[0].message.content == named.choices[0].message.content
    assert me.choices[0].message.content != base.choices[0].message.content
    assert made(me)["adapter"] == made(named)["adapter"] == active
    assert made(me)["retrieved"]
    assert made(base) == {**made(base), "adapter": "", "retrieved": []}


def test_a_short_message_to_me_is_taken_for_a_brief(client: OpenAI) -> None:
    in_form = f"Write this.\nAbout: {WRITE}"
    assert say(client, "me", WRITE) == say(client, "me", in_form)
    assert say(client, "base", WRITE) != say(client, "base", in_form)


def test_a_conversation_may_hold_any_turns_in_parts_too(client: OpenAI) -> None:
    answer = client.chat.completions.create(
        model="me",
        seed=3,
        max_tokens=2,
        messages=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
            {"role": "assistant", "content": None},
            {"role": "user", "content": "Go on."},
        ],
    )
    assert answer.usage
    assert answer.usage.completion_tokens == 2


def test_of_a_chat_that_is_too_long_the_oldest_turns_are_left_out(client: OpenAI) -> None:
    long = [*user("plums " * 40), {"role": "assistant", "content": "pears " * 40}] * 20
    asked = client.chat.completions.create(
        model="base", messages=[*long, *user()], max_tokens=4, seed=1
    )
    assert asked.usage
    assert 0 < asked.usage.prompt_tokens <= 512
    with pytest.raises(openai.BadRequestError) as refused:
        say(client, content="plums " * 2000)
    assert refused.value.code == "context_length_exceeded"


def test_what_a_client_sends_beside_is_ignored(client: OpenAI) -> None:
    unknown = {"safety_identifier": "x", "tools": [], "mirostat": 2, "user": "ada"}
    assert say(client, extra_body=unknown) == say(client)


@pytest.mark.parametrize(
    "asked",
    [
        {"n": 2},
        {"logprobs": True},
        {"response_format": {"type": "json_object"}},
        {"tool_choice": "required"},
        {"temperature": 3},
        {"max_tokens": 0},
        {"messages": []},
    ],
    ids=str,
)
def test_what_cannot_be_honoured_is_refused_by_name(asked: dict[str, Any], client: OpenAI) -> None:
    (name,) = asked
    given: Any = {"model": "me", "messages": user(), **asked}
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**given)
    assert refused.value.param == name


@pytest.mark.parametrize("model", ["gpt-5", "starter:team", "adapter:ffff", "adapter:"])
def test_an_unknown_model_is_refused_with_the_names_there_are(model: str, client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="Models here: me, base, adapter:") as refused:
        say(client, model)
    assert refused.value.code == "model_not_found"


def test_small_pieces_are_sent_at_once(home: Path, tmp_path: Path) -> None:
    """Nagle's algorithm would hold each second one back: no connection has it."""
    log = tmp_path / "without-nagle"
    with serving("--home", home, before=NAGLE.format(log=str(log))) as server:
        for _ in range(2):
            assert server.raw("GET", "/v1/models").status == 200
    assert [int(line) > 0 for line in log.read_text().splitlines()] == [True, True]


def test_nothing_that_was_asked_or_answered_is_kept(client: OpenAI, home: Path) -> None:
    word = "zeppelin"
    say(client, content=f"Mend the {word}.")
    client.completions.create(model="me", prompt=f"The {word} is", max_tokens=3)
    files = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in files if word.encode() in path.read_bytes()] == []
