"""The life of `microtune serve`: readers that leave, engine crashes, new adapters, its end."""

import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import openai
import psutil
import pytest

from tests.cli.running import PATIENCE_S, facts, run, start
from tests.cli.servers import Server, say, serving, texts, user
from tests.slow_engine import slow_engine

LONG = 100_000  # tokens: as many as fit
SERVER = """
import sys
from microtune_adapters.engine.remote import RemoteEngine
sys.path.insert(0, {folder!r})  # where the engine's process finds its sitecustomize
stream, cancel = RemoteEngine.stream, RemoteEngine.cancel
def note(what):
    with open({log!r}, "a") as file:
        file.write(what + "\\n")
def noted(self, turns, sampling, done):
    pieces = stream(self, turns, sampling, done)
    note("stream " + turns[-1].content)
    for piece in pieces:
        note("piece")
        yield piece
    note("end")
def cancelled(self):
    cancel(self)
    note("cancel")
RemoteEngine.stream, RemoteEngine.cancel = noted, cancelled
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What the engine of a `slow` server was asked for, and what came of it."""
    (tmp_path / "log").touch()
    return tmp_path / "log"


@pytest.fixture
def slow(tmp_path: Path, log: Path) -> str:
    """Python for a server to begin with: its engine draws some twenty tokens a second."""
    return SERVER.format(folder=slow_engine(tmp_path / "slow"), log=str(log))


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def noted(log: Path, what: str) -> Callable[[], bool]:
    return lambda: what in log.read_text().splitlines()


def pieces_after_cancel(log: Path) -> int:
    """How many a reader was still given once the engine had been told."""
    until(noted(log, "cancel"), "that the engine is told")
    lines = log.read_text().splitlines()
    return lines[lines.index("cancel") :].count("piece")


def asked_raw(server: Server, body: str) -> socket.socket:
    """A connection on which a request was sent and nothing read."""
    line = socket.create_connection(("127.0.0.1", server.connection().port))
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}"
    line.sendall(f"{head}\r\nauthorization: Bearer {server.token}\r\n\r\n{body}".encode())
    return line


def test_a_reader_that_leaves_ends_its_stream_within_a_token(
    collected: Path, slow: str, log: Path
) -> None:
    with serving(before=slow) as server, server.client() as client:
        stream = client.chat.completions.create(
            model="base", messages=user(), seed=3, max_tokens=LONG, stream=True
        )
        with stream:
            next(chunk for chunk in stream if chunk.choices[0].delta.content)
        until(noted(log, "end"), "the stream's end")
        assert pieces_after_cancel(log) <= 1
        assert say(client, "base")


def test_one_that_waits_for_a_whole_answer_can_leave_too(
    collected: Path, slow: str, log: Path
) -> None:
    with serving(before=slow) as server:
        body = '{"model": "base", "messages": [{"role": "user", "content": "Ha"}]}'
        with asked_raw(server, body):
            until(noted(log, "piece"), "the first piece")
        until(noted(log, "end"), "the stream's end")
        assert pieces_after_cancel(log) <= 1


def test_who_leaves_while_others_are_answered_is_never_answered(
    collected: Path, slow: str, log: Path
) -> None:
    with serving(before=slow) as server, server.client() as client:
        stream = client.chat.completions.create(
            model="base", messages=user("First"), seed=3, max_tokens=30, stream=True
        )
        next(iter(stream))
        body = '{"model": "base", "messages": [{"role": "user", "content": "Second"}]}'
        asked_raw(server, body).close()
        third = say(client, "base", "Third", max_tokens=2)
        assert len(texts(list(stream))) > 1
        assert third
        said = log.read_text().splitlines()
        assert [line for line in said if line.startswith("stream")] == [
            "stream First",
            "stream Third",
        ]


def test_requests_are_answered_in_turn_each_with_its_own(collected: Path) -> None:
    with serving() as server, server.client() as client:
        alone = {name: say(client, "base", name) for name in ("plums", "pears", "boats")}
        asked = {
            name: client.chat.completions.create(
                model="base", messages=user(name), seed=3, max_tokens=12, stream=True
            )
            for name in alone
        }
        assert {name: "".join(texts(list(stream))) for name, stream in asked.items()} == alone


def test_a_crash_of_the_engine_costs_one_answer(collected: Path, slow: str) -> None:
    with serving(before=slow) as server, server.client() as client:
        before = say(client, "base")
        stream = client.chat.completions.create(
            model="base", messages=user(), seed=3, max_tokens=LONG, stream=True
        )
        next(chunk for chunk in stream if chunk.choices[0].delta.content)
        server.engine.kill()
        with pytest.raises(openai.APIError, match="the engine stopped"):
            list(stream)
        assert say(client, "base") == before
        server.engine.kill()
        with pytest.raises(openai.InternalServerError, match="the engine stopped"):
            say(client, "base")
        assert say(client, "base") == before
        assert server.end(signal.SIGTERM) == (0, "", "")


def test_the_next_request_is_answered_by_what_is_active_then(
    trained: Path, base_file: Path, other_base_file: Path
) -> None:
    active = facts("status")["active"]
    with serving() as server, server.client() as client:
        mine, bare = say(client), say(client, "base")
        facts("adapters", "rollback")
        with pytest.raises(openai.NotFoundError, match="microtune train"):
            say(client)
        assert say(client, f"adapter:{active}") == mine
        facts("adapters", "use", active)
        assert say(client) == mine
        facts("init", "--base", other_base_file, "--yes")
        with pytest.raises(openai.NotFoundError, match="another base"):
            say(client)
        assert say(client, "base") != bare
        assert [model.id for model in client.models.list()] == ["base"]
        facts("init", "--base", base_file, "--yes")
        assert say(client) == mine


def test_what_is_forgotten_answers_no_more(trained: Path) -> None:
    with serving() as server, server.client() as client:
        assert say(client)
        facts("forget", "garden", "--yes")
        with pytest.raises(openai.NotFoundError, match="there is no adapter"):
            say(client)


def test_before_the_first_adapter_there_is_the_base_alone(collected: Path) -> None:
    with serving() as server, server.client() as client:
        assert server.models == ["base"]
        with pytest.raises(openai.NotFoundError, match=r"microtune train.*Models here: base"):
            say(client)
        assert say(client, "base")


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_what_it_was_saying(
    kind: signal.Signals, collected: Path, slow: str
) -> None:
    with serving(before=slow) as server, server.client() as client:
        engine = server.engine
        stream = client.chat.completions.create(
            model="base", messages=user(), seed=3, max_tokens=LONG, stream=True
        )
        next(stream)
        server.process.send_signal(kind)
        with pytest.raises(openai.APIError, match="is being ended"):
            list(stream)
        out, err = server.process.communicate(timeout=PATIENCE_S)
        assert (server.process.returncode, out, err) == (0, b"", b"")
        assert not psutil.pid_exists(engine.pid)


def test_without_a_base_there_is_nothing_to_serve(own_home: Path) -> None:
    assert "microtune init" in run("serve").reason
    assert not own_home.exists()


def test_a_port_that_another_has_is_refused(collected: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert "Choose another with --port" in run("serve", "--port", port).reason


def test_people_are_told_where_and_with_what(collected: Path) -> None:
    with start("serve", "--port", 0) as process:
        try:
            assert process.stdout
            said = [process.stdout.readline().decode() for _ in range(3)]
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    assert said[0].startswith("Serving at http://127.0.0.1:")
    assert said[1] == f"Token: in {collected / 'serve.token'}\n"
    assert said[2] == "Models: base\n"
    assert (out, err) == (b"stopped\n", b"")
