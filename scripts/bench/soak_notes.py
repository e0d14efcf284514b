"""Two writers of files: notes that live as notes do, and documents of which some are excluded."""

import html
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol

from soak_hand import Hand, Text

FLOOD = 260  # files at once: more than the daemon reads place by place
IGNORE = "private/\n*.secret.*\n"


class Writer(Protocol):
    """Something that writes to one source."""

    hand: Hand

    def act(self) -> None:
        """One thing that a person does. The source is there meanwhile. May raise OSError."""
        ...


@dataclass(slots=True)
class Kept:
    """A file, and the text that lies in it."""

    path: Path
    text: Text


class Notes:
    """A folder of .md and .txt: written in one go or two, edited in three ways, renamed, gone."""

    suffixes: tuple[str, ...] = (".md", ".txt")

    def __init__(self, hand: Hand) -> None:
        self.hand, self._chance = hand, hand.chance
        self._files: list[Kept] = []
        self._count = 0

    def act(self) -> None:
        if len(self._files) < 5:
            self._write()
        else:
            acts, weights = zip(*self._acts().items(), strict=True)
            self._chance.choices(acts, weights)[0]()

    def _acts(self) -> dict[Callable[[], None], float]:
        return {
            self._write: 40,
            self._write_in_two: 8,
            self._edit: 30,
            self._rename: 12,
            self._delete: 6,
            self._rename_and_edit: 4,
            self._flood: 0.4,
        }

    # What is done ------------------------------------------------------------------------------

    def _write(self) -> None:
        path, text = self._new_path(), self.hand.new()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._content(path, text))
        self._keep(path, text)
        self.hand.did("written")

    def _write_in_two(self) -> None:
        path, text = self._new_path(), self.hand.new()
        path.parent.mkdir(parents=True, exist_ok=True)
        content = self._content(path, text)
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            time.sleep(self._chance.uniform(0.2, 3.0))
            file.write(content[len(content) // 2 :])
        self._keep(path, text)
        self.hand.did("written with a pause")

    def _edit(self) -> None:
        self._save_newer(self._chance.choice(self._files))
        self.hand.did("edited")

    def _rename(self) -> None:
        kept = self._chance.choice(self._files)
        path = self._new_path(kept.path.suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        kept.path.rename(path)
        kept.path = path
        self.hand.did("renamed")

    def _rename_and_edit(self) -> None:
        self._rename()
        self._edit()

    def _delete(self) -> None:
        """Only what is collected: a text that nobody had time to read is no loss of ours."""
        kept = self._chance.choice(self._files)
        if self.hand.is_kept(kept.text):
            kept.path.unlink()
            self._files.remove(kept)
            self.hand.did("deleted")

    def _flood(self) -> None:
        for _ in range(FLOOD):
            self._write()

    # How ---------------------------------------------------------------------------------------

    def _save_newer(self, kept: Kept) -> None:
        newer = self.hand.newer(kept.text)
        content = self._content(kept.path, newer)
        way = self._chance.choice(("in place", "renamed over", "with a backup"))
        if way == "renamed over":
            beside = kept.path.with_name(f".{kept.path.name}.part")
            beside.write_bytes(content)
            os.replace(beside, kept.path)
        else:
            if way == "with a backup":  # as vim does
                kept.path.rename(f"{kept.path}~")
            kept.path.write_bytes(content)
            Path(f"{kept.path}~").unlink(missing_ok=True)
        self.hand.note(kept.text, "replaced", self._place(kept.path), newer.name)
        kept.text = newer
        self.hand.note(newer, "live", self._place(kept.path))

    def _keep(self, path: Path, text: Text) -> None:
        self._files.append(Kept(path, text))
        self.hand.note(text, "live", self._place(path))

    def _place(self, path: Path) -> str:
        return path.relative_to(self.hand.root.parent).as_posix()

    def _new_path(self, suffix: str = "") -> Path:
        self._count += 1
        folder = self.hand.root / self._chance.choice(("", "", "journal", "journal/old", "ideas"))
        return folder / f"note {self._count}{suffix or self._chance.choice(self.suffixes)}"

    def _content(self, path: Path, text: Text) -> bytes:
        title = f"# Note {self._count}\n\n" if path.suffix == ".md" else ""
        return f"{title}{text}".encode()


class Documents(Notes):
    """Subfolders of .docx, .html and .tex, of which folders are renamed; a fifth is excluded."""

    suffixes = (".docx", ".html", ".tex")

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self._folders = [f"year {number}" for number in range(5)]
        hand.root.mkdir(exist_ok=True)
        (hand.root / ".microtuneignore").write_text(IGNORE)

    def _acts(self) -> dict[Callable[[], None], float]:
        return super()._acts() | {self._write_excluded: 15, self._rename_folder: 2}

    def _write_excluded(self) -> None:
        number, text = self._number(), self.hand.new()
        folder = self.hand.root / self._chance.choice(self._folders)
        suffix = self._chance.choice(self.suffixes)
        if self._chance.random() < 0.5:
            path = folder / "private" / f"document {number}{suffix}"
        else:
            path = folder / f"document {number}.secret{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._content(path, text))
        self.hand.note(text, "excluded", self._place(path))
        self.hand.did("written where it is excluded")

    def _rename_folder(self) -> None:
        at = self._chance.randrange(len(self._folders))
        old, new = self._folders[at], f"year {self._number()}"
        if not (self.hand.root / old).exists():
            return
        (self.hand.root / old).rename(self.hand.root / new)
        self._folders[at] = new
        for kept in self._files:
            if kept.path.parent == self.hand.root / old:
                kept.path = self.hand.root / new / kept.path.name
        self.hand.did("folders renamed")

    def _number(self) -> int:
        self._count += 1
        return self._count

    def _new_path(self, suffix: str = "") -> Path:
        folder = self.hand.root / self._chance.choice(self._folders)
        return folder / f"document {self._number()}{suffix or self._chance.choice(self.suffixes)}"

    def _content(self, path: Path, text: Text) -> bytes:
        return CONTENT[path.suffix](text)


def _docx(text: Text) -> bytes:
    from docx import Document

    document, file = Document(), BytesIO()
    for paragraph in text.whole:
        document.add_paragraph(paragraph)
    document.save(file)
    return file.getvalue()


def _html(text: Text) -> bytes:
    paragraphs = "".join(f"<p>{html.escape(p)}</p>\n" for p in text.whole)
    return f"<html><head><title>A document</title></head><body>{paragraphs}</body></html>".encode()


def _tex(text: Text) -> bytes:
    return f"\\documentclass{{article}}\n\\begin{{document}}\n{text}\\end{{document}}\n".encode()


CONTENT = {".docx": _docx, ".html": _html, ".tex": _tex}
