"""A folder of anything: texts are read by their extension, mail in it by its own collectors.

Knows nothing of formats. A single file is a folder that holds one.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from microtune.words import Found, Mark, Skip, Source
from microtune_collectors import dates, readers
from microtune_collectors.eml import is_eml, read_eml
from microtune_collectors.exclusions import reason_against_mailbox
from microtune_collectors.ignore import Rules
from microtune_collectors.maildir import is_maildir, read_maildir
from microtune_collectors.mbox import read_mbox
from microtune_collectors.mbox_name import is_mbox
from microtune_collectors.message import Mailbox
from microtune_collectors.preconditions import require_place
from microtune_collectors.walk import File, files_at, read_new
from microtune_collectors.whatsapp import is_text, is_whatsapp


class FolderCollector:
    """Every text and, where the owner's addresses are known, all mail below a folder."""

    def __init__(self, source: Source, rules: Rules | None = None) -> None:
        self.source = source
        self._rules = rules

    def collect(self, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        yield from self.collect_at("", marks)

    def collect_at(self, place: str, marks: Mapping[str, str]) -> Iterator[Found | Skip | Mark]:
        root = Path(self.source.place)
        require_place(root)
        now, alone = datetime.now(UTC), root.is_file()
        for file in files_at(root, place, is_maildir, self._rules):
            if isinstance(file, Skip):
                yield file
            elif readers.is_text(file.path) and not file.is_box:
                if self.source.context:  # of an inbox nothing but mail is read
                    continue
                yield from read_new(file, marks, lambda file: read_text(file, now, alone))
            else:
                yield from self._read_mail(file, marks, place)

    def holds(self, place: str) -> bool:
        root = Path(self.source.place)
        return os.path.lexists(root.parent / place if root.is_file() else root / place)

    def _read_mail(
        self, file: File, marks: Mapping[str, str], place: str
    ) -> Iterator[Found | Skip | Mark]:
        me, context = self.source.me, self.source.context
        if not (file.is_box or is_eml(file.path) or is_mbox(file.path)):
            yield Skip(file.place, "unsupported file type", file.path.suffix)
        elif against := reason_against_mailbox(file.path.name):
            yield Skip(file.place, *against)
        elif not me:
            yield Skip(file.place, "mail, but no address of yours is known")
        elif file.is_box:
            inside = place[len(file.place) + 1 :]  # "" unless the place lies in the box
            yield from read_maildir(file.path, file.place, me, marks, self._rules, inside, context)
        elif is_eml(file.path):
            mailbox = Mailbox.of(file.place, me, context)
            yield from read_new(file, marks, lambda file: read_eml(file, mailbox))
        else:
            mark = marks.get(file.place, "")
            yield from read_mbox(file.path, file.place, me, mark, context)


def read_text(file: File, now: datetime, alone: bool = False) -> Found | Skip:
    """Read one text file. Its date: what it says itself, else its name, else its last change.

    An exported chat among other texts is not taken: most of it is others' words. `alone`: the
    owner named this very file, and said that it is no chat.
    Dates ahead of `now` are not believed. Raises OSError.
    """
    if not alone and is_text(file.path.name) and is_whatsapp(file.path):
        return Skip(file.place, "a chat, which is a source of its own", "whatsapp")
    if file.size > readers.LARGEST:
        return Skip(file.place, "too large", f"{file.size >> 20} MB")
    try:
        text = readers.read(file.path, file.path.read_bytes())
    except readers.Unreadable as error:
        return Skip(file.place, error.reason, error.detail)
    return Found(
        place=file.place,
        text=text.text,
        author=text.author,
        written=dates.believable(text.written, now)
        or dates.believable(dates.from_name(file.place), now)
        or dates.from_stamp(file.modified, now),
        recipients=text.recipients,
        subject=text.title,
        labels=text.labels,
    )
