"""Who may talk to `microtune serve`: programs of this machine with the token, and no web page."""

import shutil
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import openai
import psutil
import pytest

from tests.cli.running import run
from tests.cli.servers import Server, say, serving

ASK = b'{"model": "base", "max_tokens": 1, "messages": [{"role": "user", "content": "Hello"}]}'
CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, collected_home: Path) -> Iterator[Server]:
    home = shutil.copytree(collected_home, tmp_path_factory.mktemp("served") / "home")
    with serving("--home", home) as server:
        yield server


@pytest.mark.parametrize("token", ["wrong", "é", "x" * 5000], ids=["wrong", "not ASCII", "long"])
def test_a_wrong_token_is_refused_as_openai_would(token: str, server: Server) -> None:
    given = server.raw("POST", CHAT, ASK, authorization=f"Bearer {token}")
    assert given.status == 401
    assert given.error["code"] == "invalid_api_key"
    assert given.headers["www-authenticate"] == "Bearer"
    assert server.token not in str(given)


def test_openais_client_takes_it_for_a_wrong_key(server: Server) -> None:
    with server.client("wrong") as client, pytest.raises(openai.AuthenticationError):
        say(client, "base")


@pytest.mark.parametrize("path", ["/v1/models", CHAT, "/", "/nothing"])
@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic {}", "{}", "bearer{}"])
def test_without_the_token_nothing_is_told_on_any_path(
    value: str, path: str, server: Server
) -> None:
    given = server.raw("GET", path, authorization=value.format(server.token))
    assert given.status == 401


@pytest.mark.parametrize("value", ["Bearer {}", "bearer {}", "Bearer   {} "])
def test_the_token_opens(value: str, server: Server) -> None:
    assert server.raw("GET", "/v1/models", authorization=value.format(server.token)).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:4711",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1:80@evil.example",
        "127.0.0.2",
        "[::1]",
        "",
        "localhost:",
        "10.0.0.1",
    ],
)
def test_a_page_that_points_its_own_name_here_is_refused(host: str, server: Server) -> None:
    given = server.raw("POST", CHAT, ASK, host=host)
    assert (given.status, given.error["code"]) == (403, "wrong_host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1", "127.0.0.1:4711"])
def test_loopbacks_own_names_are_answered(host: str, server: Server) -> None:
    assert server.raw("POST", CHAT, ASK, host=host).status == 200


def test_a_browser_is_not_told_that_a_page_may_ask(server: Server) -> None:
    asks = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    asks["access-control-request-headers"] = "authorization"
    before = server.raw("OPTIONS", CHAT, authorization="", **asks)
    assert before.status == 401
    answered = server.raw("POST", CHAT, ASK, origin="https://evil.example")
    for given in (before, answered):
        assert not [name for name in given.headers if name.lower().startswith("access-control")]


def test_it_listens_on_loopback_alone(server: Server) -> None:
    family = [psutil.Process(server.process.pid), server.engine]
    heard = [c.laddr for p in family for c in p.net_connections() if c.status == "LISTEN"]
    assert [address.ip for address in heard] == ["127.0.0.1"]


def test_there_is_no_way_to_have_it_listen_elsewhere() -> None:
    assert run("serve", "--host", "0.0.0.0").code == 2


def test_the_token_is_the_owners_alone_and_stays_over_restarts(collected: Path) -> None:
    with serving() as server:
        first = server.token
        assert len(first) > 40
        assert stat.S_IMODE(server.token_file.stat().st_mode) == 0o600
        assert server.token_file.parent == collected
        code, out, err = server.end(signal.SIGTERM)
        assert (code, out, err) == (0, "", "")
    with serving() as server:
        assert server.token == first


def test_a_new_token_closes_the_door_to_the_old_one_in_every_server(collected: Path) -> None:
    with serving() as earlier:
        old = earlier.token
        with serving("--new-token") as later:
            assert later.token != old
            for server in (earlier, later):
                refused = server.raw("GET", "/v1/models", authorization=f"Bearer {old}")
                assert refused.status == 401
                assert server.raw("GET", "/v1/models").status == 200


def test_without_its_file_no_token_opens(collected: Path) -> None:
    with serving() as server:
        token = server.token
        server.token_file.unlink()
        with server.client(token) as client, pytest.raises(openai.AuthenticationError):
            client.models.list()


def test_a_token_that_others_can_read_is_not_used(collected: Path) -> None:
    path = collected / "serve.token"
    path.write_text("known to everybody\n")
    path.chmod(0o644)
    assert "others on this machine can read" in run("serve", "--port", 0).reason
    path.chmod(0o600)
    path.write_text("\n")
    assert run("serve", "--port", 0).reason.endswith("give that one to your programs.")
    with serving("--new-token") as server:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert server.raw("GET", "/v1/models").status == 200
