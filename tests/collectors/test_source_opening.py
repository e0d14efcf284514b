"""What a path is, whose mail it holds, and what is said where neither can be told."""

from pathlib import Path

import pytest
from collector_contract import gather
from letters import ME, mail, write_mbox

from microtune.errors import MicrotuneError
from microtune.words import Source
from microtune_collectors.registry import open_collector, open_source

OTHER = "ann.hebert@work.example"


def write_box(path: Path, senders: list[str], labels: str = "") -> Path:
    messages = {}
    for number, sender in enumerate(senders):
        message = mail(f"m{number}", f"Letter {number}.", sender)
        if labels and ME in sender:
            message["X-Gmail-Labels"] = labels
        messages[f"{number}"] = message.as_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mbox(path, messages)
    return path


def maildir(root: Path) -> Path:
    for folder in ("cur", "new", "tmp"):
        (root / folder).mkdir(parents=True)
    (root / "cur" / "1.host:2,S").write_bytes(mail("one", "Words.").as_bytes())
    return root


def test_kinds(tmp_path: Path) -> None:
    box = write_box(tmp_path / "a" / "sent.mbox", [ME])
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one.eml").write_bytes(mail("one", "Words.").as_bytes())
    note = tmp_path / "note.md"
    note.write_text("Words.")
    bare = box.rename(tmp_path / "a" / "Sent")
    kinds = {
        bare: "mbox",
        tmp_path / "a": "folder",
        tmp_path / "b": "eml",
        tmp_path / "b" / "one.eml": "eml",
        note: "folder",
        maildir(tmp_path / "m"): "maildir",
    }
    for path, kind in kinds.items():
        source = open_source(str(path))
        assert (source.kind, source.place) == (kind, str(path))
        assert len(gather(open_collector(source).collect({})).found) == 1


def test_the_most_frequent_sender_of_sent_mail_is_the_owner(tmp_path: Path) -> None:
    box = write_box(tmp_path / "sent.mbox", [f"Ann <{ME}>"] * 6 + [OTHER] * 3 + ["ben@x.org"])
    assert open_source(str(box)).me == (ME, OTHER)
    assert open_source(str(tmp_path)).me == (ME, OTHER)


def test_given_addresses_are_taken_as_they_are(tmp_path: Path) -> None:
    box = write_box(tmp_path / "sent.mbox", [ME])
    assert open_source(str(box), me=(" Ben@X.org ", "ben@x.org")).me == ("ben@x.org",)


def test_what_is_labelled_as_sent_tells_the_owner_of_a_whole_account(tmp_path: Path) -> None:
    senders = [f"{n}@x.org" for n in range(20)] + [ME] * 2
    assert open_source(str(write_box(tmp_path / "all.mbox", senders, "Sent"))).me == (ME,)


def test_an_inbox_asks_for_me(tmp_path: Path) -> None:
    box = write_box(tmp_path / "inbox.mbox", ["noreply@shop.x"] * 9 + [f"{n}@x" for n in range(5)])
    for path in (box, tmp_path):
        with pytest.raises(MicrotuneError, match="--me ADDRESS"):
            open_source(str(path))
    (tmp_path / "note.txt").write_text("Words.")
    assert open_source(str(tmp_path)).me == ()


def test_the_sent_folder_of_a_maildir_tells_its_owner(tmp_path: Path) -> None:
    root = tmp_path / "Maildir"
    for folder in ("cur", "new", ".Sent/cur", ".Sent/new"):
        (root / folder).mkdir(parents=True)
    for number in range(9):
        (root / "cur" / f"{number}").write_bytes(mail("a", "b", f"{number}@x.org").as_bytes())
    (root / ".Sent" / "cur" / "1").write_bytes(mail("c", "d").as_bytes())
    assert open_source(str(root)).me == (ME,)


def test_the_mailbox_of_sent_mail_tells_the_owner_of_an_account(tmp_path: Path) -> None:
    write_box(tmp_path / "Inbox.mbox", [f"{n}@x.org" for n in range(20)])
    write_box(tmp_path / "Sent.mbox", [ME] * 3)
    assert open_source(str(tmp_path)).me == (ME,)


def test_what_cannot_be_opened_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    for place, words in {
        "none.txt": "there is no .*none.txt",
        "empty.txt": "is empty",
        "a.png": r"not supported.*\.docx",
    }.items():
        with pytest.raises(MicrotuneError, match=words):
            open_source(str(tmp_path / place))
    with pytest.raises(MicrotuneError, match="gopher:// sources"):
        open_source("gopher://example.org")
    with pytest.raises(MicrotuneError, match="no kind of source called diary"):
        open_source(str(tmp_path), "diary")
    with pytest.raises(MicrotuneError, match="is no mbox"):
        open_source(str(tmp_path), "mbox")
    with pytest.raises(MicrotuneError, match="this version cannot read"):
        open_collector(Source("gopher", "x"))


def test_maildir_flags_and_folders(tmp_path: Path) -> None:
    root = maildir(tmp_path / "m")
    source = open_source(str(root), me=(ME,))
    first = gather(open_collector(source).collect({}))
    assert [found.place for found in first.found] == ["m#one@example.org"]
    (root / "cur" / "1.host:2,S").rename(root / "cur" / "1.host:2,RS")
    (root / "new" / "2.host").write_bytes(mail("two", "New.").as_bytes())
    (root / "cur" / "3.host:2,D").write_bytes(mail("three", "A draft.").as_bytes())
    (root / "cur" / "4.host:2,ST").write_bytes(mail("four", "Thrown away.").as_bytes())
    for folder in ("cur", "new"):
        (root / ".Trash" / folder).mkdir(parents=True)
    (root / ".Trash" / "cur" / "5").write_bytes(mail("five", "Thrown away.").as_bytes())
    second = gather(open_collector(source).collect(first.marks))
    assert second.texts == {"New."}
    assert sorted(skip.reason for skip in second.skipped) == ["deleted", "deleted", "machine-made"]
