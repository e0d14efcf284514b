"""Reads everything that a folder of people's writings holds, one sub-folder a person.

Each file is read twice: by microtune's collectors, which undo mail encodings and markup, and
plainly, so that what they skip (archives, JSON lines, other people's mail) is not missed.
Knows nothing of what the texts are for.
"""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune.words import Found, Source
from microtune_collectors.archive import Blocks
from microtune_collectors.encoding import NotText, decode
from microtune_collectors.registry import open_collector, open_source


def people(folder: Path) -> list[Path]:
    """The sub-folders. Raises `MicrotuneError` where there is none."""
    found = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if not found:
        raise MicrotuneError(
            f"{folder} holds no sub-folders", "Name a folder with one sub-folder a person."
        )
    return found


def texts_of(person: Path) -> Iterator[str]:
    """All texts below a folder, most of them twice. Raises `MicrotuneError` where there is none."""
    empty = True
    for text in (*_collected(person), *_plain(person)):
        empty = empty and not text.strip()
        yield text
    if empty:
        raise MicrotuneError(f"{person} holds no text", "Take it away, or see what is in it.")


def _collected(person: Path) -> Iterator[str]:
    try:
        source = open_source(str(person))
    except MicrotuneError:  # mail whose owner cannot be guessed: it is still read plainly
        source = Source("folder", str(person))
    for item in open_collector(source).collect({}):
        if isinstance(item, Found):
            yield f"{item.subject}\n{item.text}"


def _plain(person: Path) -> Iterator[str]:
    for path in sorted(person.rglob("*")):
        if path.is_file():
            for name, data in _unpacked(path.name, b"".join(Blocks(path))):
                try:
                    text = decode(data)
                except NotText:
                    continue
                yield _strings(text) if name.endswith((".jsonl", ".json")) else text


def _unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in a tar archive, or the one file that this is."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                if file := archive.extractfile(member):
                    yield member.name, file.read()
    except tarfile.ReadError:
        yield name.removesuffix(".xz").removesuffix(".gz").removesuffix(".bz2"), data


def _strings(text: str) -> str:
    """The strings in a JSON text or in JSON lines, a blank line between."""
    try:
        return "\n\n".join(_strings_in(json.loads(text)))
    except json.JSONDecodeError:
        pass
    found: list[str] = []
    for line in text.split("\n"):
        try:
            found.extend(_strings_in(json.loads(line)))
        except json.JSONDecodeError:
            found.append(line)
    return "\n\n".join(found)


def _strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings_in(part)
