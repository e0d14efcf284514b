"""A model hub on loopback, as Hugging Face's speaks HTTP: for tests of downloads.

A HEAD of `/OWNER/REPO/resolve/REVISION/FILE` answers with a redirect and what the hub states of
the file; the bytes lie elsewhere, behind it, and are served by ranges. It can misbehave in every
way that networks and hubs do, and remembers what it sent.
"""

import hashlib
import json
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY, FILE = "ann/tiny-GGUF", "tiny.gguf"
NAME = f"hf:{REPOSITORY}/{FILE}"
STORED = "ann--tiny-gguf--tiny"  # the name under which that one is kept
PIECE = 8192


@dataclass
class Hub:
    """What it serves and how; `sent` counts the file's bytes, `ranges` holds what was asked for."""

    content: bytes
    url: str = ""
    stated: str | None = None  # another hash than the content's
    status: int = 200  # of every answer about the file
    busy: int = 0  # so many answers with bytes say 503
    cut_after: list[int] = field(default_factory=list)  # of each next answer, in bytes
    stall_after: int | None = None  # bytes of an answer, then silence
    held_at: int | None = None  # what lies behind this byte is sent once it is None again
    by_ranges: bool = True
    tags: bool = True  # states hashes in headers; else in its index only
    index: bool = True
    sent: int = 0
    requests: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def sha256(self) -> str:
        return self.stated or hashlib.sha256(self.content).hexdigest()


@contextmanager
def running(content: bytes) -> Iterator[Hub]:
    hub = Hub(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = False
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield hub
    finally:
        hub.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_HEAD(self) -> None:
            self._note()
            if hub.status != 200:
                self._empty(hub.status)
            elif "/resolve/" in self.path:
                self._redirect()
            else:
                self._promise("")

        def do_GET(self) -> None:
            self._note()
            if hub.status != 200:
                self._empty(hub.status)
            elif "/resolve/" in self.path:
                self._redirect()
            elif hub.busy:
                hub.busy -= 1
                self._empty(503)
            else:
                self._file()

        def do_POST(self) -> None:
            self._note()
            wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["paths"]
            size = len(hub.content)
            lfs = {"oid": hub.sha256, "size": size}
            known = [{"type": "file", "path": p, "size": size, "lfs": lfs} for p in wanted]
            body = json.dumps(known if hub.index else []).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _note(self) -> None:
            hub.requests.append(f"{self.command} {self.path}")
            hub.agents.add(self.headers.get("User-Agent", ""))

        def _empty(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _redirect(self) -> None:
            self.send_response(302)
            self.send_header("Location", f"{hub.url}/bytes/{FILE}")
            self.send_header("X-Repo-Commit", COMMIT)
            if hub.tags:
                self.send_header("X-Linked-ETag", f'"{hub.sha256}"')
                self.send_header("X-Linked-Size", str(len(hub.content)))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _file(self) -> None:
            asked = self.headers.get("Range", "") if hub.by_ranges else ""
            hub.ranges.append(asked)
            self._bytes(self._promise(asked))

        def _promise(self, asked: str) -> int:
            """The head of an answer with bytes; returns the first of them."""
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            total = len(hub.content)
            self.send_response(206 if asked else 200)
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
            self.send_header("Content-Length", str(total - start))
            self.end_headers()
            return start

        def _bytes(self, start: int) -> None:
            end = start + hub.cut_after.pop(0) if hub.cut_after else len(hub.content)
            end = min(end, len(hub.content))
            try:
                for at in range(start, end, PIECE):
                    if hub.stall_after is not None and at - start >= hub.stall_after:
                        hub.closing.wait(60)
                        break
                    if not self._may_go_on(at):
                        break
                    piece = hub.content[at : min(at + PIECE, end)]
                    self.wfile.write(piece)
                    hub.sent += len(piece)
            except OSError:
                pass  # the other side went away
            self.close_connection = True  # before the promised end, if it was cut

        def _may_go_on(self, at: int) -> bool:
            """Wait while what follows is held; not where nobody is there any more to have it."""
            while hub.held_at is not None and at >= hub.held_at:
                if hub.closing.wait(0.02) or self._is_alone():
                    return False
            return True

        def _is_alone(self) -> bool:
            """Whether the other side hung up."""
            if not select.select([self.connection], [], [], 0)[0]:
                return False
            return not self.connection.recv(1, socket.MSG_PEEK)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
