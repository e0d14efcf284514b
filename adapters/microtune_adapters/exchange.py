"""Packs an adapter into one file that can be handed on, and unpacks such a file with suspicion.

The file is a ZIP of three entries: PEFT configuration, PEFT weights, card. It holds no training
text and no path of the machine that wrote it. Knows nothing of the library.
"""

import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from microtune.errors import MicrotuneError
from microtune_adapters.cards import CARD_FILE, Card
from microtune_adapters.gguf_adapter import export_gguf
from microtune_adapters.gguf_inspect import BaseFile
from microtune_adapters.gguf_origin import ADAPTER_FILE
from microtune_adapters.peft_format import CONFIG, WEIGHTS, read_peft, write_peft

LIMITS = {CARD_FILE: 1 << 20, CONFIG: 1 << 20, WEIGHTS: 1 << 31}  # bytes, unpacked
EARLIEST = (1980, 1, 1, 0, 0, 0)  # ZIP's first day, so that equal adapters give equal files
CHUNK = 1 << 20
BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)


def pack(folder: Path, card: Card, path: Path) -> None:
    """Write the adapter in `folder` to `path`, which must not exist. Raises `MicrotuneError`."""
    if path.exists():
        raise MicrotuneError(f"{path} exists already", "Choose another file name.")
    weights = read_peft(folder)
    try:
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as made:
            clean = Path(made)
            write_peft(clean, weights, card.base_name)
            (clean / CARD_FILE).write_text(card.to_json(), encoding="utf-8")
            archive = clean / "archive"
            with zipfile.ZipFile(archive, "w") as file:
                for name in LIMITS:
                    entry = zipfile.ZipInfo(name, EARLIEST)
                    file.writestr(entry, (clean / name).read_bytes(), zipfile.ZIP_DEFLATED)
            archive.replace(path)
    except OSError as error:
        raise MicrotuneError(
            f"cannot write {path} ({error.strerror})", "Choose a place with space to write to."
        ) from error


def unpack(path: Path, into: Path, base: BaseFile) -> Card:
    """Unpack the adapter file at `path` into the empty folder `into`; return its card, unjudged.

    The GGUF is made here from the PEFT weights. Raises `MicrotuneError` when the file holds
    anything else than an adapter, is too large, or was trained on another base.
    """
    _extract(path, into)
    card = Card.read(into)
    if card.base_sha256 != base.sha256:
        raise MicrotuneError(
            f"{path} is an adapter of another base, {card.base_name[:60]}",
            f"Run `microtune train` to make one for {base.name}.",
        )
    export_gguf(into, base, into / ADAPTER_FILE)
    return replace(card, id="", gguf_sha256="", verdict="", reason="")


def _extract(path: Path, into: Path) -> None:
    """Write the three entries, and nothing under any name that the file chooses."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if sorted(names) != sorted(LIMITS):
                odd = sorted(set(names) ^ set(LIMITS)) or ["an entry twice"]
                raise _refusal(path, f"has or lacks {odd[0][:100]!r}")
            for name, limit in LIMITS.items():
                _extract_one(archive, name, into / name, limit)
    except BROKEN as error:
        raise _refusal(path, "it is damaged") from error
    except OSError as error:
        raise MicrotuneError(
            f"cannot import {path} ({error.strerror or error})",
            "Check the path, and that there is space on the disk.",
        ) from error


def _extract_one(archive: zipfile.ZipFile, name: str, target: Path, limit: int) -> None:
    written = 0
    with archive.open(name) as source, target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > limit:
                raise _refusal(Path(str(archive.filename)), f"{name} is larger than {limit} bytes")
            sink.write(chunk)


def _refusal(path: Path, why: str) -> MicrotuneError:
    return MicrotuneError(
        f"{path} is no adapter that microtune exported ({why})",
        "Ask for a file written by `microtune adapters export`.",
    )
