"""Waits for a time or a socket, and is woken from other threads and from signal handlers."""

import selectors
import socket
import ssl


class Waker:
    """A pair of sockets, one end of which is waited on beside what the caller waits for."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def wake(self) -> None:
        """Let `wait` return at once, now or when it is next called."""
        try:
            self._writer.send(b"\0")
        except OSError:  # full: it is awake already; or closed
            return

    def woken(self) -> bool:
        """Whether `wake` was called since this was last asked."""
        try:
            return bool(self._reader.recv(4096))
        except BlockingIOError:
            return False

    def wait(self, seconds: float, also: socket.socket | None = None) -> None:
        """Return after `seconds`, after `wake`, or once `also` has something to read."""
        if isinstance(also, ssl.SSLSocket) and also.pending():
            return
        with selectors.DefaultSelector() as selector:
            selector.register(self._reader, selectors.EVENT_READ)
            if also is not None:
                selector.register(also, selectors.EVENT_READ)
            selector.select(max(seconds, 0))

    def close(self) -> None:
        self._reader.close()
        self._writer.close()
