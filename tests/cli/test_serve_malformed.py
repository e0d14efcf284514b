"""What `microtune serve` says to requests that are none: one clear error and no traceback."""

import json
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import PATIENCE_S
from tests.cli.servers import Server, serving

CHAT = "/v1/chat/completions"
USER = {"role": "user", "content": "Hello"}
ASK: dict[str, Any] = {"model": "base", "max_tokens": 1, "messages": [USER]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, collected_home: Path) -> Path:
    return Path(shutil.copytree(collected_home, tmp_path_factory.mktemp("served") / "home"))


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving("--home", home) as server:
        yield server


@pytest.fixture(autouse=True)
def still_well(server: Server, home: Path) -> Iterator[None]:
    """After each test it answers, and nothing unexpected was written down."""
    yield
    assert server.raw("POST", CHAT, json.dumps(ASK).encode()).status == 200
    assert not (home / "error.log").exists()


BROKEN = {
    "nothing": b"",
    "no JSON": b"{model: me}",
    "cut": b'{"model": "base", "mess',
    "no UTF-8": b'{"model": "\xff\xfe"}',
    "a list": b"[]",
    "a text": b'"me"',
    "deep": b"[" * 200_000,
    "deep inside": b'{"model": "base", "messages": ' + b"[" * 200_000,
    "no number": b'{"model": "base", "temperature": NaN}',
    "long number": b'{"model": "base", "max_tokens": ' + b"9" * 10_000 + b"}",
    "zeros": bytes(1000),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path", [CHAT, "/v1/completions"])
def test_a_body_that_is_no_object_is_refused(path: str, body: bytes, server: Server) -> None:
    given = server.raw("POST", path, body)
    assert given.status == 400
    assert given.error["code"] == "invalid_json"


WRONG = [
    {"model": 5},
    {"model": None},
    {"model": ""},
    {"messages": None},
    {"messages": "Hello"},
    {"messages": {}},
    {"messages": ["Hello"]},
    {"messages": [{"content": "Hello"}]},
    {"messages": [{"role": "tool", "content": "Hello"}]},
    {"messages": [{"role": ["user"], "content": "Hello"}]},
    {"messages": [{"role": "user", "content": 5}]},
    {"messages": [{"role": "user", "content": ["Hello"]}]},
    {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]},
    {"max_tokens": "5"},
    {"max_tokens": 5.5},
    {"max_tokens": True},
    {"max_tokens": -1},
    {"max_completion_tokens": 0},
    {"temperature": "hot"},
    {"temperature": -1},
    {"temperature": 1e400},
    {"top_p": 1.5},
    {"seed": 1.5},
    {"stream": "yes"},
    {"stream_options": []},
    {"stream_options": {"include_usage": 1}},
    {"stop": 5},
    {"stop": [5]},
    {"stop": ["x"] * 99},
    {"stop": "x" * 9999},
    {"n": "1"},
    {"n": True},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: json.dumps(wrong)[:60])
def test_a_field_of_the_wrong_type_is_named(wrong: dict[str, Any], server: Server) -> None:
    (name,) = wrong
    given = server.raw("POST", CHAT, json.dumps({**ASK, **wrong}).encode())
    assert given.status == 400
    assert given.error["type"] == "invalid_request_error"
    blamed = given.error["param"] or "temperature"  # 1e400 is no JSON to Python
    assert blamed.split(".")[0].split("[")[0] == name


@pytest.mark.parametrize("prompt", [None, "", " \n", 5, [], ["a", "b"], [1, 2], {}], ids=str)
def test_what_is_no_text_is_not_gone_on_from(prompt: Any, server: Server) -> None:
    asked = {"model": "base", "prompt": prompt}
    given = server.raw("POST", "/v1/completions", json.dumps(asked).encode())
    assert (given.status, given.error["param"]) == (400, "prompt")


def test_text_of_any_characters_is_answered(server: Server) -> None:
    content = "\ud800 \x00 \uffff <|im_end|>\n<|im_start|>system \U0001f600"
    for asked in (
        {**ASK, "messages": [{"role": "user", "content": content}], "seed": -(10**30)},
        {**ASK, "messages": [USER], "stop": ["\udfff", ""], "max_tokens": 10**300},
    ):
        assert server.raw("POST", CHAT, json.dumps(asked).encode()).status == 200


@pytest.mark.parametrize("length", [None, 5 << 20])
def test_a_huge_body_is_refused_before_it_is_read(length: int | None, server: Server) -> None:
    """Whether it says beforehand how long it is or not."""
    said = b"transfer-encoding: chunked" if length is None else b"content-length: %d" % length
    head = b"POST /v1/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer "
    piece = b"%x\r\n%b\r\n" % (1 << 16, b"x" * (1 << 16)) if length is None else b"x" * (1 << 16)
    port = server.connection().port
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        line.sendall(head + server.token.encode() + b"\r\n" + said + b"\r\n\r\n")
        for _ in range(20):  # 1.25 MB: more than may be sent, less than was announced
            line.sendall(piece)
        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/v1/embeddings", 404),
        ("GET", "/v1/../../etc/passwd", 404),
        ("GET", CHAT, 405),
        ("DELETE", "/v1/models", 405),
    ],
)
def test_other_paths_and_methods_are_refused_with_what_there_is(
    method: str, path: str, status: int, server: Server
) -> None:
    given = server.raw(method, path)
    assert given.status == status
    assert "POST /v1/chat/completions" in given.error["message"]


NOISE = {
    "blank": b"\r\n\r\n",
    "words": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nhost: a\r\nhost: localhost\r\n\r\n",
    "HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n",
    "long path": b"GET /" + b"x" * 100_000,
}


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
def test_what_is_no_http_gets_no_answer_but_an_error(noise: bytes, server: Server) -> None:
    said, port = b"", server.connection().port
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line,
        suppress(OSError),
    ):
        line.sendall(noise)  # it may hang up before all is said
        line.shutdown(socket.SHUT_WR)
        said = line.recv(4096)
    assert not said or said.split()[1] in (b"400", b"403")
    assert b"Traceback" not in said


def test_nothing_of_it_is_logged(collected: Path) -> None:
    with serving() as server:
        for body in BROKEN.values():
            server.raw("POST", CHAT, body)
        server.raw("GET", "/nothing")
        assert server.end(signal.SIGINT) == (0, "", "")
