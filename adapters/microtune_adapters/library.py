"""The adapter library: which adapters there are, in which state, and which one is active.

One folder per adapter, named by its content, moved in whole by one rename; one pointer file says
which is active. A process killed between any two steps leaves a library that loads. Knows nothing
of training or serving; loads arrays only where weights move in or out.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Literal

from microtune.errors import MicrotuneError
from microtune.files import replace_file, sync_folder
from microtune_adapters.cards import CARD_FILE, ERASED, REJECTED, Card, card_in
from microtune_adapters.forms import OutForm
from microtune_adapters.gguf_inspect import BaseFile, file_sha256
from microtune_adapters.gguf_origin import ADAPTER_FILE, read_base_hash
from microtune_adapters.pointer import Pointer

POINTER, LOCK = "active.json", ".lock"
LEFTOVER = ".work-"
ID = re.compile(r"[0-9a-f]{12}")
SEE_LIST = "See `microtune adapters list`."

State = Literal["candidate", "active", "retired", "rejected"]


class Library:
    """The adapters in one folder, which is made when the first one is admitted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self) -> tuple[tuple[Card, State], ...]:
        """Every adapter with its state, the oldest first. Damaged folders are left out."""
        pointer = self._pointer()
        cards = [card for folder in self._folders() if (card := card_in(folder))]
        cards.sort(key=lambda card: (card.created, card.id))
        return tuple((card, _state(card, pointer)) for card in cards)

    def damaged(self) -> tuple[Path, ...]:
        """Folders that hold no readable card; nothing here makes such, so someone else did."""
        return tuple(folder for folder in self._folders() if not card_in(folder))

    def active(self) -> Card | None:
        """The card of the active adapter, None where the bare base serves.

        Raises `MicrotuneError` where the disk fails: a run told that there is none starts over.
        """
        id = self._pointer().active
        return card_in(self.path(id), or_raise=True) if id else None

    def find(self, prefix: str) -> Card:
        """The one adapter whose id begins with `prefix`. Raises `MicrotuneError`."""
        cards = [card for folder in self._folders() if (card := card_in(folder))]
        found = [card for card in cards if prefix and card.id.startswith(prefix)]
        if not found:
            raise MicrotuneError(f"no adapter {prefix[:40]}", SEE_LIST)
        if len(found) > 1:
            ids = ", ".join(card.id for card in found)
            raise MicrotuneError(f"{prefix} could be {ids}", "Give more of the id.")
        return found[0]

    def path(self, id: str) -> Path:
        """The folder of the adapter with exactly this id."""
        return self.folder / id

    def admit(self, work: Path, card: Card) -> str:
        """Move the finished adapter in `work` into the library and return its id.

        `work` holds a PEFT adapter and its GGUF; its card is written here. Admitting what is
        already there is harmless: `work` goes, the one in the library stays. Raises
        `MicrotuneError` and leaves `work` where it is when the adapter is not fit to be kept.
        """
        with self._changing():
            return self._admit(work, card)

    def promote(self, id: str) -> None:
        """Make the adapter active, unless it was rejected. One rename."""
        card = self.find(id)
        card.require_weights()
        if card.verdict == REJECTED:
            raise MicrotuneError(
                f"the adapter {card.id} was rejected: {card.reason}", "Use another, or train again."
            )
        with self._changing():
            self._write(self._pointer(repair=True).turn_to(card.id))

    use = promote  # the gate promotes, a person uses; the library knows one act

    def rollback(self, base_sha256: str = "") -> Card | None:
        """Go back to the adapter that was active before; None when that is the bare base.

        Those of another base than `base_sha256`, where it is given, are passed over.
        """

        with self._changing():
            self._write(self._turned_back(base_sha256))
        return self.active()

    def before(self, base_sha256: str = "") -> Card | None:
        """What `rollback` would go back to. Raises `MicrotuneError` as it does."""
        id = self._turned_back(base_sha256).active
        return card_in(self.path(id), or_raise=True) if id else None

    def _turned_back(self, base_sha256: str) -> Pointer:
        def fits(id: str) -> bool:
            return base_sha256 in ("", self.find(id).base_sha256)

        pointer = self._pointer()
        if not pointer.active:
            raise MicrotuneError("no adapter is active, so none can be rolled back", SEE_LIST)
        return pointer.turn_back(fits)

    def judge(self, id: str, verdict: str, reason: str) -> Card:
        """Write a verdict and its reason into the card, and return it."""
        card = replace(self.find(id), verdict=verdict, reason=reason)
        with self._changing():
            replace_file(self.path(card.id) / CARD_FILE, card.to_json())
        return card

    def reject(self, id: str, reason: str) -> None:
        """Never serve this adapter. Raises `MicrotuneError` if it is the active one."""
        self._refuse_active(self.find(id).id, "rejected")
        self.judge(id, REJECTED, reason)

    def remove(self, id: str) -> None:
        """Delete the adapter. Raises `MicrotuneError` if it is the active one."""
        id = self.find(id).id
        self._refuse_active(id, "removed")
        with self._changing():
            self.path(id).rename(self._leftover(id))  # `_changing` deletes it
            self._write(self._pointer())

    def erase(self, id: str, reason: str) -> None:
        """Delete an adapter's weights for good, active or not; its card stays and says why.

        Where it was active, the one before it of the same base is again, else the bare base.
        """
        card = self.find(id)

        def fits(other: str) -> bool:
            return self.find(other).base_sha256 == card.base_sha256

        with self._changing():
            self._write(self._pointer(repair=True).without(card.id, fits))
            gone = replace(card, verdict=ERASED, reason=reason)
            replace_file(self.path(card.id) / CARD_FILE, gone.to_json())
            for path in self.path(card.id).iterdir():
                if path.name != CARD_FILE:
                    path.unlink()

    def export(
        self, id: str, path: Path, form: OutForm = "microtune", base: BaseFile | None = None
    ) -> None:
        """Write the adapter to `path` in that form, without any training text; mlx-lm's needs to
        know the base."""
        from microtune_adapters.handing_on import hand_on

        card = self.find(id)
        card.require_weights()
        hand_on(self.path(card.id), card, path, form, base)

    def import_(self, path: Path, base: BaseFile) -> str:
        """Take in an adapter of `base` as a candidate and return its id: one that microtune
        exported, or one that another program made (see `microtune_adapters.outside`)."""
        from microtune_adapters.exchange import unpack
        from microtune_adapters.outside import form_of, take_in

        with self._changing():
            work = self._leftover("import")
            work.mkdir()
            form = form_of(path)
            card = take_in(path, form, work, base) if form else unpack(path, work, base)
            return self._admit(work, card)

    def _admit(self, work: Path, card: Card) -> str:
        from microtune_adapters.peft_format import read_peft

        weights = read_peft(work)
        if read_base_hash(work / ADAPTER_FILE) != card.base_sha256:
            raise MicrotuneError(
                f"the adapter in {work} was exported for another base than its card names",
                "Export it again.",
            )
        id = sha256(f"{weights.sha256} {card.base_sha256}".encode()).hexdigest()[:12]
        if card_in(self.path(id)):
            shutil.rmtree(work)
            return id
        card = replace(card, id=id, gguf_sha256=file_sha256(work / ADAPTER_FILE))
        replace_file(work / CARD_FILE, card.to_json())
        if work.stat().st_dev != self.folder.stat().st_dev:
            work = Path(shutil.move(work, self._leftover(id)))
        sync_folder(work)
        if self.path(id).exists():  # a folder without a card: someone else's damage
            self.path(id).rename(self._leftover(f"damaged-{id}"))
        work.rename(self.path(id))
        sync_folder(self.folder)
        return id

    def _refuse_active(self, id: str, what: str) -> None:
        if id == self._pointer().active:
            raise MicrotuneError(
                f"the adapter {id} is active and cannot be {what}",
                "Choose another with `microtune adapters use` or `rollback` first.",
            )

    def _folders(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if ID.fullmatch(path.name))

    def _pointer(self, repair: bool = False) -> Pointer:
        """The pointer file's content; ids whose folders are gone are left out."""
        path = self.folder / POINTER
        try:
            return Pointer.from_json(path.read_bytes()).only(self._is_there)
        except FileNotFoundError:
            return Pointer()
        except OSError as error:  # the disk's fault: what it says may still be whole
            raise MicrotuneError(
                f"cannot read {path} ({error.strerror})",
                "Check the disk and its permissions, then run the command again.",
            ) from error
        except ValueError as error:
            if repair:
                return Pointer()
            raise MicrotuneError(
                f"{path} is damaged", "Choose an adapter with `microtune adapters use`."
            ) from error

    def _is_there(self, id: str) -> bool:
        return bool(ID.fullmatch(id)) and (self.path(id) / CARD_FILE).is_file()

    def _write(self, pointer: Pointer) -> None:
        replace_file(self.folder / POINTER, pointer.to_json())

    def _leftover(self, name: str) -> Path:
        """A place that the next change clears, should this one not get to it."""
        return self.folder / f"{LEFTOVER}{name}-{os.getpid()}"

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One process at a time; clears what killed ones left; says plainly what the disk said."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self.folder / LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                try:
                    self._clear()
                    yield
                finally:
                    self._clear()
        except OSError as error:
            raise MicrotuneError(
                f"cannot change the adapters in {self.folder} ({error.strerror or error})",
                "Free some space there, or give yourself write access to it.",
            ) from error

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if path.name.startswith(LEFTOVER):
                shutil.rmtree(path, ignore_errors=True)
            elif path.name.startswith(f".{POINTER}-"):
                path.unlink(missing_ok=True)


def _state(card: Card, pointer: Pointer) -> State:
    if card.id == pointer.active:
        return "active"
    if card.verdict == REJECTED:
        return "rejected"
    return "retired" if card.erased or card.id in pointer.retired else "candidate"
