"""A TCP line to a server on this machine that breaks or falls silent. Knows no protocol."""

import selectors
import socket
import threading
from contextlib import suppress
from types import TracebackType


class CutLine:
    """Listens on `port` and passes bytes on, both ways.

    The first `cuts` connections end after `after` bytes from the server: closed, or, if `silent`,
    left open without a further byte. With `refuse` new connections are closed at once.
    """

    def __init__(self, target: int, after: int = 0, cuts: int = 0, silent: bool = False) -> None:
        self.after, self.cuts, self.silent = after, cuts, silent
        self.refuse = False
        self.connections = 0
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._ends = threading.Event()
        self._pairs: dict[socket.socket, socket.socket] = {}  # each end to the other
        self._left: dict[socket.socket, int] = {}  # the server's end → bytes until it is cut
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "CutLine":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.set()
        self._thread.join()
        for end in list(self._pairs):
            end.close()
        self._listening.close()

    def break_all(self) -> None:
        """Close every connection there is."""
        for end in list(self._pairs):
            with suppress(OSError):  # it has just ended by itself
                end.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listening, selectors.EVENT_READ)
            while not self._ends.is_set():
                for key, _ in selector.select(0.02):
                    ready = key.fileobj
                    assert isinstance(ready, socket.socket)
                    if ready is self._listening:
                        self._accept(selector)
                    elif ready in self._pairs:
                        self._pass_on(selector, ready)

    def _accept(self, selector: selectors.BaseSelector) -> None:
        client, _ = self._listening.accept()
        self.connections += 1
        if self.refuse:
            client.close()
            return
        server = socket.create_connection(("127.0.0.1", self._target))
        self._pairs |= {client: server, server: client}
        if self.cuts > 0:
            self.cuts -= 1
            self._left[server] = self.after
        for end in (client, server):
            selector.register(end, selectors.EVENT_READ)

    def _pass_on(self, selector: selectors.BaseSelector, ready: socket.socket) -> None:
        try:
            data = ready.recv(1024)
            if ready in self._left:
                data = data[: self._left[ready]]
                self._left[ready] -= len(data)
            if data:
                self._pairs[ready].sendall(data)
        except OSError:
            data = b""
        if self._left.get(ready) == 0 and self.silent:
            selector.unregister(ready)
        elif not data or self._left.get(ready) == 0:
            self._close(selector, ready)

    def _close(self, selector: selectors.BaseSelector, end: socket.socket) -> None:
        for one in (end, self._pairs.pop(end)):
            self._pairs.pop(one, None)
            if one in selector.get_map():
                selector.unregister(one)
            one.close()
