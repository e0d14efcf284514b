"""Makes a person's texts readable where they lie in a form that microtune does not read.

Archives (.tar.xz, .tar.gz) are unpacked; a .jsonl of mails, one object a line with `email` and
`subject` (as PanzaMail keeps them), becomes one .eml for each. All else is left where it is.
"""

import json
import tarfile
from email.message import EmailMessage
from pathlib import Path

ARCHIVES = (".tar", ".tar.gz", ".tar.xz", ".tgz")
OWNER = "owner@person.invalid"


def source_of(person: Path, work: Path) -> tuple[Path, tuple[str, ...]]:
    """The path to add as a source, and the owner's addresses where they cannot be guessed.

    `person` itself if microtune can read it, else a folder below `work`.
    """
    files = [person] if person.is_file() else sorted(person.rglob("*"))
    archives = [file for file in files if file.name.endswith(ARCHIVES)]
    mails = [file for file in files if file.suffix == ".jsonl"]
    if not archives and not mails:
        return person, ()
    texts = work / "texts"
    texts.mkdir(parents=True)
    for archive in archives:
        with tarfile.open(archive) as packed:
            packed.extractall(texts, filter="data")
    for number, file in enumerate(mails):
        _write_mails(file, texts / f"mail-{number}")
    return texts, (OWNER,) if mails else ()


def _write_mails(jsonl: Path, folder: Path) -> None:
    folder.mkdir()
    for number, line in enumerate(jsonl.read_text("utf-8").splitlines()):
        record = json.loads(line)
        mail = EmailMessage()
        mail["From"] = OWNER
        mail["Subject"] = " ".join((record.get("subject") or "").split())
        mail["Message-ID"] = f"<{number}@person.invalid>"
        mail.set_content(record["email"].replace("\r\n", "\n"))
        (folder / f"{number:05}.eml").write_bytes(mail.as_bytes())
