"""The bundled writer is a real mailbox, small and clean, and its script is repeatable."""

import email
import email.policy
import mailbox
import re
import subprocess
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from microtune_tui.sample import WRITER, sample_path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "make_sample.py"

LETTERS = {
    "1801-00-no002.txt": """TO COUNT V. ÖRTEL,--PRAGUE.[2]

Vienna, Nov. 3, 1801.

DEAR COUNT,--

The _two_ quartets [in F
and G], which you asked for, are with the copyist [Wolf] again.

Yours,

A. WRITER.

[K.]
""",
    "1801-00-no010.txt": """TO HIS COUSIN.

Nov. 5.

From what I hear you are well again, and I am heartily glad of it.
""",
    "1801-05-no003.txt": """TO HERR ÖRTEL.

May I ask for the umbrella that I left with you on Sunday evening?
""",
    "1801-00-no004.txt": """TESTIMONIAL.

I have known him for ten years, and never once did he come late to a lesson.
""",
    "1801-00-no005.txt": """TO ANNA.

The piano is out of tune, as I told them it would be.. This refers to a lost letter.]
""",
    "1801-00-no006.txt": """TO ANNA.

Jan. 1, 1802.

Farewell!
""",
}


def read(path: Path) -> list[EmailMessage]:
    box = mailbox.mbox(path, create=False)
    try:
        texts = [message.as_bytes() for message in box]
    finally:
        box.close()
    return [email.message_from_bytes(text, policy=email.policy.default) for text in texts]


@pytest.fixture(scope="module")
def sample() -> list[EmailMessage]:
    return read(sample_path())


def make(folder: Path, out: Path) -> str:
    """Run the script, which must succeed; what it printed."""
    command = [sys.executable, "-W", "error", str(SCRIPT), str(folder), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    for name, text in LETTERS.items():
        (folder / name).write_text(text, "utf-8")
    make(folder, tmp_path / "made.mbox")
    return tmp_path / "made.mbox"


def test_the_sample_is_one_writers_and_small(sample: list[EmailMessage]) -> None:
    assert sample_path().stat().st_size < 1_000_000
    assert len(sample) == 421
    assert {message["From"].addresses[0].addr_spec for message in sample} == {WRITER}
    assert len({message["Message-ID"] for message in sample}) == len(sample)


def test_the_samples_dates_survive_the_mail_format(sample: list[EmailMessage]) -> None:
    dates = [message["Date"].datetime for message in sample]
    assert {date.year for date in dates} <= set(range(1787, 1828))
    assert all(not message.defects and not message["Date"].defects for message in sample)


def test_the_samples_letters_hold_nothing_of_the_editor(sample: list[EmailMessage]) -> None:
    for message in sample:
        body = message.get_content()
        assert not re.search(r"[\[\]_]|^TO |Nohl|Köchel", body, re.MULTILINE), message["Message-ID"]
        assert len(body.split()) >= 10


def test_a_letter_becomes_a_mail_without_its_notes(made: Path) -> None:
    mail = read(made)[0]
    assert str(mail["To"]) == '"Count v. Örtel" <ortel@letters.example>'
    assert str(mail["Subject"]) == "Letter to Count v. Örtel"
    assert mail["Message-ID"] == "<no002@beethoven.example>"
    assert mail["Date"].datetime == datetime(1801, 11, 3, 12, 2, tzinfo=UTC)
    assert mail.get_content() == (
        "DEAR COUNT,--\n\nThe two quartets,\nwhich you asked for, are with the copyist again.\n\n"
        "Yours,\n\nA. WRITER.\n"
    )


def test_letters_stand_in_the_editions_order_and_undated_ones_take_the_date_before(
    made: Path,
) -> None:
    dates = {mail["Message-ID"]: mail["Date"].datetime for mail in read(made)}
    assert [(key, date.date().isoformat()) for key, date in dates.items()] == [
        ("<no002@beethoven.example>", "1801-11-03"),
        ("<no003@beethoven.example>", "1801-11-03"),
        ("<no010@beethoven.example>", "1801-11-05"),
    ]


def test_what_is_no_whole_letter_is_left_out_and_counted(made: Path) -> None:
    printed = make(made.parent / "letters", made)
    assert printed.startswith("3 letters, 3 left out: ")
    for reason in ("no heading", "editor's note runs", "hardly a word"):
        assert reason in printed


def test_the_same_letters_give_the_same_bytes(made: Path) -> None:
    before = made.read_bytes()
    make(made.parent / "letters", made)
    assert made.read_bytes() == before


def test_wrong_usage_is_told() -> None:
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "make_sample.py FOLDER OUT.mbox" in done.stderr
