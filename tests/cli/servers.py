"""`microtune serve` as people start it, for tests, and a real client that talks to it."""

import http.client
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from tests.cli.running import PATIENCE_S, start

WRITE = "Thank Ada for the boat."


@dataclass(frozen=True)
class Server:
    """One that is up: what it said of itself, and its process."""

    process: subprocess.Popen[bytes]
    url: str
    token_file: Path
    models: list[str]

    @property
    def token(self) -> str:
        return self.token_file.read_text().strip()

    @property
    def engine(self) -> psutil.Process:
        (child,) = psutil.Process(self.process.pid).children()
        return child

    @contextmanager
    def client(self, token: str | None = None) -> Iterator[OpenAI]:
        """OpenAI's own client. It tries nothing twice, so that each error is seen."""
        key = self.token if token is None else token
        with OpenAI(base_url=self.url, api_key=key, max_retries=0, timeout=PATIENCE_S) as client:
            yield client

    def raw(self, method: str, path: str, body: bytes = b"", **headers: str) -> "Raw":
        """A request with exactly these headers beside its length, and the token unless given."""
        connection = self.connection()
        try:
            connection.putrequest(method, path, skip_host="host" in headers)
            given = {"authorization": f"Bearer {self.token}", "content-length": str(len(body))}
            for name, value in {**given, **headers}.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return Raw(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def connection(self) -> http.client.HTTPConnection:
        at = urlsplit(self.url)
        assert at.hostname
        return http.client.HTTPConnection(at.hostname, at.port, timeout=PATIENCE_S)

    def end(self, kind: int) -> tuple[int, str, str]:
        """Send a signal; exit code, and what it said since it is up."""
        self.process.send_signal(kind)
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out.decode(), err.decode()


@dataclass(frozen=True)
class Raw:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        error = json.loads(self.body)["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert isinstance(error, dict)
        return error


@contextmanager
def serving(*arguments: object, before: str = "") -> Iterator[Server]:
    """A server on any free port; it is killed at the end if it still runs."""
    with start("serve", "--port", 0, "--json", *arguments, before=before) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line, process.communicate()
            said = json.loads(line)
            yield Server(process, said["url"], Path(said["token_file"]), said["models"])
        finally:
            process.kill()


def user(content: str = WRITE) -> list[ChatCompletionMessageParam]:
    return [{"role": "user", "content": content}]


def say(client: OpenAI, model: str = "me", content: str = WRITE, **more: Any) -> str:
    """The answer's text; a seed and a small limit unless given."""
    given = {"seed": 3, "max_tokens": 12, **more}
    answer = client.chat.completions.create(model=model, messages=user(content), **given)
    return answer.choices[0].message.content or ""


def texts(stream: Sequence[Any]) -> list[str]:
    """The pieces of a streamed chat."""
    deltas = [chunk.choices[0].delta.content for chunk in stream if chunk.choices]
    return [text for text in deltas if text]
