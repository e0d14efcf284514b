"""Downloads of bases as the assistant and the commands have them: in front, or in the background.

`python -m microtune_tui.downloads FD HOME NAME` is the background: a process in a session of its
own, which outlives the assistant and the terminal that started it. FD is the lock of the home's
downloads, held already, so that there is no moment at which two could start. When it is done
nothing changes by itself: `Download.load` says so, and the assistant offers the new base.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from microtune import locks
from microtune.errors import Interrupted, MicrotuneError
from microtune.locations import Home
from microtune_adapters.catalogue import Entry, find
from microtune_adapters.download_state import Download, State, downloader, is_held, only_download
from microtune_adapters.downloaded import Downloaded, Shelf
from microtune_adapters.downloading import AGAIN, Tell, Transfer, download

WRITTEN_EVERY_S = 0.5  # the file for those who ask
LEAVES_WITHIN_S = 10.0  # a download that was told to stop


def start(home: Home, name: str) -> Download:
    """Download a base in the background and return how it stands, at its very beginning.

    Raises `MicrotuneError` for an unknown name, or where another download is under way. Read
    `Download.load(home)` now and then; it costs less than a millisecond.
    """
    entry = find(name)
    if entry.packaged:
        raise MicrotuneError(f"{entry.name} comes with microtune", "There is nothing to download.")
    with only_download(home) as lock:
        begun = Download(entry.name, name, "starting", Shelf(home.bases).begun(entry.name))
        begun.save(home)
        process = _detached(lock.fileno(), home, name)
        lock.write(f"{process.pid}\n")
        lock.flush()
    threading.Thread(target=process.wait, name="download", daemon=True).start()  # leaves no zombie
    return begun


def cancel(home: Home) -> bool:
    """Stop the download under way, in whichever process; False where there is none.

    What came of it stays, for the next one goes on from there.
    """
    process = downloader(home)
    if process is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
    end = time.monotonic() + LEAVES_WITHIN_S
    while is_held(home) and time.monotonic() < end:
        time.sleep(0.02)
    return True


def in_front(home: Home, entry: Entry, asked: str, tell: Tell) -> Downloaded:
    """Download in this process, for those who wait for it.

    Raises as `download` does, and `Interrupted` on Ctrl-C and SIGTERM.
    """
    with only_download(home) as lock:
        locks.sign(lock)
        return _run(home, entry, asked, tell)


def _run(home: Home, entry: Entry, asked: str, tell: Tell) -> Downloaded:
    """Download, and keep the file for those who ask up to date, to its end."""
    log = _Log(home, Download(entry.name, asked, "starting"))

    def heard(transfer: Transfer) -> None:
        log.heard(transfer)
        tell(transfer)

    try:
        with _leaving_at_once():
            found = download(entry, Shelf(home.bases), heard)
    except KeyboardInterrupt:
        log.end("stopped")
        raise Interrupted(f"the download of {entry.name} was stopped", AGAIN) from None
    except MicrotuneError as error:
        log.end("failed", str(error))
        raise
    log.end("done", size=found.bytes)
    return found


class _Log:
    """Writes down how a download stands, not too often; a full disk must not end it here."""

    def __init__(self, home: Home, begun: Download) -> None:
        self._home, self._now = home, begun
        self._written = 0.0
        self._save()

    def heard(self, transfer: Transfer) -> None:
        new_stage = transfer.stage != self._now.state
        self._now = Download(
            self._now.name,
            self._now.asked,
            transfer.stage,
            transfer.done,
            transfer.total,
            transfer.bytes_per_s,
            transfer.seconds_left,
        )
        if new_stage or time.monotonic() - self._written > WRITTEN_EVERY_S:
            self._save()

    def end(self, state: State, line: str = "", size: int = 0) -> None:
        done, total = (size, size) if size else (self._now.done, self._now.total)
        self._now = Download(self._now.name, self._now.asked, state, done, total, line=line)
        self._save()

    def _save(self) -> None:
        with contextlib.suppress(OSError):
            self._now.save(self._home)
        self._written = time.monotonic()


@contextmanager
def _leaving_at_once() -> Iterator[None]:
    """SIGTERM ends the work as Ctrl-C does: even while a server says nothing. The partial file is
    whole at any moment. Elsewhere than in the main thread nothing is changed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(kind: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _detached(lock: int, home: Home, name: str) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "microtune_tui.downloads", str(lock), str(home.path), name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(lock,),
            start_new_session=True,
        )
    except OSError as error:
        raise MicrotuneError(
            f"cannot start a process ({error.strerror or error})", "Free memory, then try again."
        ) from error


def main(arguments: list[str], tell: Callable[[Transfer], None] = lambda transfer: None) -> int:
    """The background process. Its outcome stands in the file that `Download.load` reads."""
    lock, place, name = arguments
    home = Home(Path(place))
    with os.fdopen(int(lock), "a+") as held:
        locks.sign(held)
        try:
            _run(home, find(name), name, tell)
        except MicrotuneError as error:
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
