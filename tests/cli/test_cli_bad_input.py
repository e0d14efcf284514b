"""Bad input by the command line: one line and exit 1, or a counted skip; the store stays whole."""

import os
import sys
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.store import Store
from tests.cli.conftest import LETTERS
from tests.cli.running import PATIENCE_S, assert_whole, facts, run, run_apart, start
from tests.collectors.letters import ME, from_line, mail, write_mbox
from tests.microtune.invented import letter

MOST_MEMORY_MB = 200
TELL_MEMORY = """
import atexit, re, sys
def tell():
    kilobytes = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
    print(int(kilobytes) // 1000, file=sys.stderr)
atexit.register(tell)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with five texts."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.txt").write_text(letter(n))
    return folder


def add_mbox(path: Path, *messages: bytes) -> None:
    write_mbox(path, {str(n): message for n, message in enumerate(messages)})
    facts("sources", "add", path, "--me", ME)


def letters(*numbers: int) -> list[bytes]:
    return [mail(f"letter-{n}", letter(n)).as_bytes() for n in numbers]


@pytest.mark.parametrize("cut", ["header", "body"])
def test_a_truncated_mbox(cut: str, tmp_path: Path, own_home: Path) -> None:
    path = tmp_path / "Sent.mbox"
    add_mbox(path, *letters(0, 1, 2))
    last = path.read_bytes().rindex(b"From MAILER")
    path.write_bytes(path.read_bytes()[: last + (120 if cut == "header" else 600)])
    said = facts("collect")
    kept, skipped = (2, {"truncated": 1}) if cut == "header" else (3, {})
    assert (said["new"], said["skipped"]) == (kept, skipped)
    assert_whole(own_home)
    add_mbox(path, *letters(0, 1, 2))  # it is there again, whole
    assert facts("collect")["total"] == 3
    assert_whole(own_home)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_attachment_of_200_mb_is_read_in_little_memory(tmp_path: Path, own_home: Path) -> None:
    path = tmp_path / "Sent.mbox"
    message = mail("photos", letter(1))
    message.add_attachment(b"photo", maintype="image", subtype="png", filename="a.png")
    before, after = from_line(message.as_bytes()).split(b"cGhvdG8=\n")  # "photo" in base64
    block = b"QUJD" * 19 + b"\n"
    with path.open("wb") as file:
        file.write(from_line(letters(0)[0]) + before)
        for _ in range(200):
            file.write(block * (1_000_000 // len(block)))
        file.write(after + from_line(letters(2)[0]))
    facts("sources", "add", path, "--me", ME)
    ran = run_apart("collect", "--json", before=TELL_MEMORY)
    assert ran.code == 0
    assert ran.facts["new"] == 3
    assert int(ran.err) < MOST_MEMORY_MB
    assert_whole(own_home)
    path.unlink()


def test_nul_bytes_lying_charsets_and_impossible_dates(tmp_path: Path, own_home: Path) -> None:
    nul = letters(0)[0].replace(b"weather", b"wea\0ther")
    unknown = letters(1)[0].replace(b'charset="utf-8"', b'charset="klingon"')
    latin = letters(2)[0].replace(b"weather", "Schönwetter".encode("latin-1"))
    dates = ("Fri, 01 Jan 1904 00:00:00 +0000", "Thu, 01 Jan 2099 00:00:00 +0000", "yesterday")
    dated = [mail(f"d{n}", letter(10 + n), date=date).as_bytes() for n, date in enumerate(dates)]
    add_mbox(tmp_path / "Sent.mbox", nul, unknown, latin, *dated)
    said = facts("collect")
    assert (said["new"], said["skipped"]) == (6, {})
    with Store.open(Home(own_home)) as store:
        documents = list(store.documents.live())
    assert not any("\0" in document.text for document in documents)
    assert any("Schönwetter" in document.text for document in documents)
    years = {document.written.year for document in documents if document.written}
    assert 1904 not in years  # the mailbox's own date is taken instead
    assert 2099 not in years
    assert_whole(own_home)


def test_a_folder_that_vanishes_during_the_pass(folder: Path, own_home: Path) -> None:
    """It is deleted at the moment when its third text is opened."""
    before = f"""
import shutil, sys
def vanish(event, arguments):
    if event == "open" and str(arguments[0]).endswith("2.txt"):
        shutil.rmtree({str(folder)!r}, ignore_errors=True)
sys.addaudithook(vanish)
"""
    facts("sources", "add", folder)
    ran = run_apart("collect", "--json", before=before)
    assert ran.code == 0
    assert ran.facts["new"] == 2
    assert ran.facts["skipped"] == {"vanished": 3}
    assert_whole(own_home)
    assert f"{folder} is gone" in run("collect").reason
    assert facts("status")["documents"] == 2
    assert_whole(own_home)


def test_symlink_loops(folder: Path, own_home: Path) -> None:
    (folder / "round").symlink_to(folder)
    (folder / "a.txt").symlink_to(folder / "b.txt")
    (folder / "b.txt").symlink_to(folder / "a.txt")
    facts("sources", "add", folder)
    said = facts("collect")
    assert said["new"] == 5
    assert set(said["skipped"]) <= {"unreadable", "vanished"}
    assert_whole(own_home)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(folder: Path, own_home: Path) -> None:
    (folder / "0.txt").chmod(0)
    facts("sources", "add", folder)
    said = facts("collect")
    assert (said["new"], said["skipped"]) == (4, {"unreadable": 1})
    assert_whole(own_home)


def test_a_file_that_is_no_text(folder: Path, own_home: Path) -> None:
    (folder / "0.txt").write_bytes(os.urandom(5000))
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    facts("sources", "add", folder)
    said = facts("collect")
    assert said["new"] == 4
    assert sum(said["skipped"].values()) == 2
    assert_whole(own_home)


@pytest.mark.parametrize("below", ["file", "/proc"])
@pytest.mark.parametrize("command", [("status",), ("collect",), ("sources", "list")])
def test_a_home_that_cannot_be_written(command: tuple[str, ...], below: str, folder: Path) -> None:
    """Also for root: below a file, and in a file system that takes no files."""
    place = folder / "0.txt" if below == "file" else Path("/proc")
    if not place.exists():
        pytest.skip("this system has no /proc")
    reason = run(*command, "--home", place / "home").reason
    assert reason.startswith(f"cannot write to the home {place / 'home'}")
    assert "--home" in reason


def test_a_home_that_cannot_be_written_has_no_base(base_file: Path, folder: Path) -> None:
    home = folder / "0.txt" / "home"
    assert "no base is chosen" in run("write", "Hello.", "--home", home).reason
    assert "cannot write to the home" in run("init", "--base", base_file, "--home", home).reason


def test_a_disk_that_is_full_while_collecting(mailbox: Path, own_home: Path) -> None:
    facts("sources", "add", mailbox)
    limit = 40_000  # bytes, of the log too
    before = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    ran = run_apart("collect", before=before)
    assert "is full or cannot be written" in ran.reason
    assert "nothing that was stored is lost" in ran.reason
    assert_whole(own_home)
    assert facts("collect")["total"] == LETTERS
    assert_whole(own_home)


def test_two_commands_that_collect_at_once(mailbox: Path, own_home: Path) -> None:
    facts("sources", "add", mailbox)
    said = []
    for process in [start("collect", "--json") for _ in range(2)]:
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0
        said.append(err.decode())
    waits = "microtune: the sources are being read already; this pass begins after that one.\n"
    assert sorted(said) in (["", ""], ["", waits])  # one may have ended before the other began
    assert facts("status")["documents"] == LETTERS
    assert_whole(own_home)


def test_commands_that_make_a_home_at_once(folder: Path, mailbox: Path, own_home: Path) -> None:
    places = (folder, mailbox, folder / "0.txt")
    for process in [start("sources", "add", place) for place in places]:
        _, err = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, err) == (0, b"")
    assert len(facts("sources", "list")["sources"]) == len(places)
    assert_whole(own_home)
