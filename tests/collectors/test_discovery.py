"""What `sources discover` finds in a home folder, on each platform, without opening a message."""

import os
import shlex
from pathlib import Path

import pytest
from apple_messages import write_emlx
from collector_contract import gather
from letters import ME, mail, write_mbox

from microtune_collectors.discovery import Place, discover
from microtune_collectors.registry import open_collector, open_source

PROFILES = {
    "linux": ".thunderbird",
    "darwin": "Library/Thunderbird",
    "win32": "AppData/Roaming/Thunderbird",
}


def thunderbird(folder: Path) -> Path:
    """Thunderbird's folder with one profile: an IMAP account and the local folders."""
    profile = folder / "Profiles" / "abc.default release"
    account = profile / "ImapMail" / "imap.example.org"
    for store in (account, account / "[Gmail].sbd", profile / "Mail" / "Local Folders"):
        store.mkdir(parents=True)
        for name in ("Sent", "Inbox", "Trash"):
            write_mbox(store / name, {name: mail(name, f"A letter in {name}.").as_bytes()})
            (store / f"{name}.msf").write_text('// <!-- <mdb:mork:z v="1.4"/> -->')
    (account / "Sent-1.msf").touch()  # on the server only
    (account / "Sent Items").touch()  # empty
    maildir = profile / "Mail" / "pop.example.org" / "Gesendet"
    for name in ("cur", "tmp"):
        (maildir / name).mkdir(parents=True)
    (maildir / "cur" / "1700000000000.eml").write_bytes(mail("m", "From a Maildir.").as_bytes())
    (folder / "profiles.ini").write_text(
        "[Install1]\nDefault=Profiles/abc\n\n[Profile0]\nName=default\nIsRelative=1\n"
        "Path=Profiles/abc.default release\n[Profile1]\nIsRelative=1\nPath=Profiles/gone\n"
    )
    return profile


@pytest.mark.parametrize("platform", PROFILES)
def test_thunderbirds_sent_mail(tmp_path: Path, platform: str) -> None:
    profile = thunderbird(tmp_path / PROFILES[platform])
    found = discover(tmp_path, platform)
    assert {place.path.relative_to(profile).as_posix() for place in found} == {
        "ImapMail/imap.example.org/Sent",
        "ImapMail/imap.example.org/[Gmail].sbd/Sent",
        "Mail/Local Folders/Sent",
        "Mail/pop.example.org/Gesendet",
    }
    for place in found:
        source = open_source(str(place.path))
        assert source.me == (ME,)
        assert len(gather(open_collector(source).collect({})).found) == 1


def test_thunderbirds_mailbox_is_read_on_from_where_it_was(tmp_path: Path) -> None:
    profile = thunderbird(tmp_path / ".thunderbird")
    source = open_source(str(profile / "ImapMail" / "imap.example.org" / "Sent"))
    first = gather(open_collector(source).collect({}))
    with open(source.place, "ab") as box:
        box.write(b"From - Mon Sep 17 00:00:00 2001\nX-Mozilla-Status: 0001\n")
        box.write(mail("new", "A letter more.").as_bytes() + b"\n")
        box.write(b"From - Mon Sep 17 00:00:01 2001\nX-Mozilla-Status: 0009\n")
        box.write(mail("gone", "Deleted, not yet compacted.").as_bytes() + b"\n")
    second = gather(open_collector(source).collect(first.marks))
    assert (second.texts, second.reasons) == ({"A letter more."}, {"deleted"})


def test_apple_mail_takeout_maildir_and_notes(tmp_path: Path) -> None:
    for version in ("V2", "V10"):
        box = tmp_path / "Library/Mail" / version / "0A" / "Sent Messages.mbox"
        write_emlx(box, "1", mail("one", "A letter.").as_bytes())
    for folder in ("Maildir/cur", "Maildir/new", "Downloads", "Documents/Notes"):
        (tmp_path / folder).mkdir(parents=True)
    takeout = tmp_path / "Downloads" / "takeout-20260101T000000Z-001.zip"
    takeout.touch()
    places = [(place.program, place.path) for place in discover(tmp_path, "darwin")]
    assert places == [
        ("Apple Mail", tmp_path / "Library/Mail/V10"),
        ("Maildir", tmp_path / "Maildir"),
        ("Google Takeout", takeout),
        ("Notes", tmp_path / "Documents/Notes"),
    ]
    assert "Apple Mail" not in {place.program for place in discover(tmp_path, "linux")}


def test_nothing_is_opened(tmp_path: Path) -> None:
    profile = thunderbird(tmp_path / ".thunderbird")
    boxes = [path for path in profile.rglob("*") if path.is_file()]
    before = {path: os.stat(path).st_atime_ns for path in boxes}
    for path in boxes:
        os.utime(path, ns=(1, path.stat().st_mtime_ns))
    discover(tmp_path, "linux")
    assert {os.stat(path).st_atime_ns for path in before} == {1}


@pytest.mark.parametrize("ini", [b"", b"\xff\xfe\x00", b"[Profile0", b"[Profile0]\nPath=%(x)s\n"])
def test_a_broken_list_of_profiles_names_none(tmp_path: Path, ini: bytes) -> None:
    (tmp_path / ".thunderbird").mkdir()
    (tmp_path / ".thunderbird" / "profiles.ini").write_bytes(ini)
    assert discover(tmp_path, "linux") == []


def test_the_command_can_be_pasted() -> None:
    place = Place("Notes", Path("/mail/it's mine/Sent Mail"))
    assert shlex.split(place.command("linux")) == [
        "microtune", "sources", "add", "/mail/it's mine/Sent Mail"
    ]  # fmt: skip
    assert place.command("win32").endswith('"/mail/it\'s mine/Sent Mail"')
