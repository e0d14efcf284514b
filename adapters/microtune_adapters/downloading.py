"""Downloads one base: goes on from what is there, verifies its hash, and only then names it.

It may be interrupted at any moment, by `stop`, a signal or `kill -9`: the bytes that came are kept
in a partial file, and the next download asks for the rest alone.
"""

import errno
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from microtune.errors import Interrupted, MicrotuneError
from microtune_adapters import hub
from microtune_adapters.catalogue import Entry
from microtune_adapters.downloaded import Downloaded, Shelf, card
from microtune_adapters.gguf_inspect import file_sha256
from microtune_adapters.machine import free_bytes

SPARE_BYTES = 100_000_000  # of the disk, that stay free
WINDOW_S = 10.0  # of the past, that the speed is taken from
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
AGAIN = "Run the same command again: it goes on from there."

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Transfer:
    """How far a download is. `seconds_left` None: nobody can tell yet."""

    stage: Literal["downloading", "verifying"]
    done: int
    total: int
    bytes_per_s: float = 0.0
    seconds_left: float | None = None


Tell = Callable[[Transfer], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """After how much silence a connection counts as broken, and the pauses before the attempts
    that follow one which brought nothing."""

    silence_s: float = 30.0
    pauses_s: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)


def download(
    entry: Entry,
    shelf: Shelf,
    tell: Tell = lambda transfer: None,
    stop: Stop = lambda: False,
    patience: Patience = Patience(),
) -> Downloaded:
    """Bring `entry` into the folder and return its card; at once where it is here already.

    Raises `Interrupted` once `stop()` is true, and `MicrotuneError` for what a person can mend.
    """
    here = shelf.get(entry.name)
    if here and (entry.sha256 or here.sha256) == here.sha256:
        return here
    if entry.packaged:
        raise MicrotuneError(f"{entry.name} comes with microtune", "There is nothing to download.")
    with hub.connected(patience.silence_s) as server:
        return _Download(entry, shelf, server, tell, stop, patience).run()


class _Download:
    """One download under way."""

    def __init__(
        self,
        entry: Entry,
        shelf: Shelf,
        server: hub.Hub,
        tell: Tell,
        stop: Stop,
        patience: Patience,
    ) -> None:
        self.entry, self.shelf, self.server = entry, shelf, server
        self.tell, self.stop, self.patience = tell, stop, patience
        self.have = self.total = 0
        self._past: deque[tuple[float, int]] = deque()

    def run(self) -> Downloaded:
        stated = self._stated()
        sha256, self.total = _expected(self.entry, stated, self.server.host)
        partial = self._partial(sha256)
        self._check_space(partial.parent)
        try:
            self._fetch(partial)
            self._verify(partial, sha256)
            done = card(self.entry, sha256, self.total, stated.revision)
            self.shelf.keep(done, partial)
        except OSError as error:
            raise self._of_the_disk(error) from error
        return done

    def _stated(self) -> hub.Stated:
        try:
            return self.server.stated(self.entry)
        except hub.Broken as error:
            raise MicrotuneError(
                str(error),
                "Check the network and try again. To do without one: download "
                f"{self.entry.file} elsewhere, then run: microtune init --base FILE.gguf",
            ) from error

    def _partial(self, sha256: str) -> Path:
        """The partial file, with the bytes that it has."""
        partial = self.shelf.partial(self.entry.name, sha256)
        try:
            partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial.touch(mode=0o600)
            self.have = partial.stat().st_size
        except OSError as error:
            raise self._of_the_disk(error) from error
        return partial

    def _check_space(self, folder: Path) -> None:
        needed, free = self.total - self.have + SPARE_BYTES, free_bytes(folder)
        if needed > free:
            raise MicrotuneError(
                f"{self.entry.name} needs {megabytes(needed)} of free disk, and {folder} has "
                f"{megabytes(free)}",
                "Free some space, or choose a smaller one from `microtune bases list`.",
            )

    # The bytes ------------------------------------------------------------------------------

    def _fetch(self, partial: Path) -> None:
        """All bytes that are not here yet, in as many attempts as it takes while any come."""
        fruitless = 0
        while self.have < self.total:
            before = self.have
            try:
                self._attempt(partial)
                reason = f"{self.server.host} ended too early"
            except hub.Broken as error:
                reason = str(error)
            if self.have >= self.total:
                return
            fruitless = 0 if self.have > before else fruitless + 1
            if fruitless > len(self.patience.pauses_s):
                raise MicrotuneError(f"{reason}; {self._kept()}", AGAIN)
            self._pause(self.patience.pauses_s[fruitless - 1] if fruitless else 0.0)

    def _attempt(self, partial: Path) -> None:
        """What one connection brings. The file is as long as what has come, at any moment."""
        with (
            self.server.opened(self.entry, self.have) as (first, pieces),
            partial.open("r+b", buffering=0) as file,
        ):
            if first != self.have:  # a server that knows no ranges begins anew
                self.have = 0
                if first:
                    raise hub.Broken(f"{self.server.host} sends another part than was asked for")
            file.truncate(self.have)
            file.seek(self.have)
            for piece in pieces:
                rest = memoryview(piece)
                while rest:  # a disk that fills up takes a part of it first
                    written = file.write(rest) or 0
                    self.have, rest = self.have + written, rest[written:]
                self._report()
                self._obey()
                if self.have >= self.total:
                    return

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._obey()
            time.sleep(0.05)

    def _obey(self) -> None:
        if self.stop():
            raise Interrupted(f"stopped; {self._kept()}", AGAIN)

    def _report(self) -> None:
        now = time.monotonic()
        self._past.append((now, self.have))
        while now - self._past[0][0] > WINDOW_S:
            self._past.popleft()
        since, had = self._past[0]
        speed = (self.have - had) / (now - since) if now > since else 0.0
        left = (self.total - self.have) / speed if speed > 0 else None
        self.tell(Transfer("downloading", self.have, self.total, max(0.0, speed), left))

    # The end --------------------------------------------------------------------------------

    def _verify(self, partial: Path, sha256: str) -> None:
        """Compare what lies on the disk; what is not the file goes, for it can be no use."""

        def report(done: int, total: int) -> None:
            self._obey()
            self.tell(Transfer("verifying", done, total))

        if self.have == self.total and file_sha256(partial, report) == sha256:
            return
        partial.unlink()
        raise MicrotuneError(
            f"what {self.server.host} sent for {self.entry.name} is not the file that it should be "
            f"(its SHA-256 is not {sha256[:12]}…), and was deleted",
            "Try again; if it recurs, another network or hub (HF_ENDPOINT) may send the real one.",
        )

    def _kept(self) -> str:
        return f"{megabytes(self.have)} of {megabytes(self.total)} are kept"

    def _of_the_disk(self, error: OSError) -> MicrotuneError:
        if error.errno in FULL:
            return MicrotuneError(
                f"the disk is full ({error.strerror}); {self._kept()}",
                "Free some space and run the same command again: it goes on from there.",
            )
        return MicrotuneError(
            f"cannot write to {self.shelf.folder} ({error.strerror})",
            "Give yourself write access to it, or choose another --home DIR.",
        )


def _expected(entry: Entry, stated: hub.Stated, host: str) -> tuple[str, int]:
    """Hash and size that the file must have: the catalogue's, else those that the hub states."""
    if entry.sha256 and stated.sha256 not in (None, entry.sha256):
        raise MicrotuneError(
            f"{host} has another file for {entry.name} than the catalogue knows "
            f"({str(stated.sha256)[:12]}…, not {entry.sha256[:12]}…), and nothing was downloaded",
            "Check HF_ENDPOINT, or choose another one from `microtune bases list`.",
        )
    sha256, size = entry.sha256 or stated.sha256, entry.bytes or stated.bytes
    if not sha256 or not size:
        raise MicrotuneError(
            f"{host} states no hash and size for {entry.file}, so it could not be verified",
            "Choose another one from `microtune bases list`.",
        )
    return sha256, size


def megabytes(count: int) -> str:
    """ "640 MB" or "2.50 GB"."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.2f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 1_000_000 else f"{count / 1e3:.0f} kB"
