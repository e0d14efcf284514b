"""An inbox as context: what waits is listed, answered by id, dismissed, and never learned from."""

import mailbox
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.cli.conftest import MINUTES
from tests.cli.running import assert_whole, facts, run
from tests.collectors.letters import ME, mail
from tests.microtune.invented import letter
from tests.microtune.leftovers import left_of, marked, marks

TOM = "Tom Reed <tom@example.org>"


def received(
    name: str, text: str, hours: float = 3, sender: str = TOM, **fields: str
) -> EmailMessage:
    """A message to Ann from somebody else, of the last days; `fields`: of its header."""
    date = format_datetime(datetime.now(UTC) - timedelta(hours=hours))
    message = mail(name, text, sender, date)
    del message["To"]
    message["To"] = fields.pop("To", f"Ann Hebert <{ME}>")
    for field, value in fields.items():
        message[field.replace("_", "-")] = value
    return message


def sent(name: str, text: str, answers: str) -> EmailMessage:
    message = received(name, text, 1, f"Ann Hebert <{ME}>", To=TOM)
    message["In-Reply-To"] = f"<{answers}@example.org>"
    message["References"] = f"<start@example.org> <{answers}@example.org>"
    return message


def inbox(folder: Path, kind: str, messages: list[EmailMessage]) -> Path:
    """A mailbox with these messages in one of the forms that collectors read."""
    path = folder / {"mbox": "INBOX.mbox", "maildir": "Mail", "eml": "letters"}[kind]
    if kind == "mbox":
        with closing(mailbox.mbox(path)) as box:
            for one in messages:
                box.add(one)
    elif kind == "maildir":
        with closing(mailbox.Maildir(path)) as folder_of_mail:
            for one in messages:
                folder_of_mail.add(one)
    else:
        path.mkdir()
        for number, one in enumerate(messages):
            (path / f"{number}.eml").write_bytes(one.as_bytes())
    return path


def listed() -> list[str]:
    """The subjects that wait, without "About"."""
    return [one["subject"].removeprefix("About ") for one in facts("today")["waiting"]]


def everything(home: Path) -> str:
    """All that is learned from or searched: documents, passages, and their index."""
    with closing(sqlite3.connect(home / "microtune.db")) as database:
        tables = ("documents", "passages", "passages_fts", "signatures", "run_documents")
        return "".join(str(database.execute(f"SELECT * FROM {t}").fetchall()) for t in tables)


MAILS = [
    received("lease", f"Is the lease signed yet? {marked(1)}"),
    received("thanks", f"Thank you for the parcel. {marked(2)}", hours=1),
    received("answered", f"Will you sing on Sunday? {marked(3)}"),
    received("list", f"Who comes to the meeting? {marked(4)}", List_Id="<choir.example.org>"),
    received("news", f"Did you see our offers? {marked(5)}", List_Unsubscribe="<https://e.org/u>"),
    received("bulk", f"Do you read this? {marked(6)}", Precedence="bulk"),
    received("robot", f"Do not answer? {marked(7)}", sender="no-reply@example.org"),
    received("automatic", f"I am away? {marked(8)}", Auto_Submitted="auto-replied"),
    received("copied", f"Do you agree? {marked(9)}", To="Ben <ben@example.org>"),
    received("old", f"Are you there? {marked(10)}", hours=24 * 45),
    received("ancient", f"Are you there? {marked(11)}", hours=24 * 90),
    sent("yes", "Yes, gladly.", "answered"),
]


@pytest.mark.parametrize("kind", ["mbox", "maildir", "eml"])
def test_what_waits_in_an_inbox(kind: str, tmp_path: Path, own_home: Path) -> None:
    place = inbox(tmp_path, kind, MAILS)
    added = facts("sources", "add", place, "--context", "--me", ME)
    assert (added["kind"], added["context"], added["me"]) == (kind, True, [ME])
    done = facts("collect")
    assert (done["received"], done["new"], done["total"]) == (9, 0, 0)
    assert done["skipped"] == {"machine-made": 1, "older than 60 days": 1, "sent by you": 1}
    seen = facts("today")
    assert [one["subject"] for one in seen["waiting"]] == ["About lease", "About thanks"]
    assert (seen["total"], seen["kept"], seen["inboxes"]) == (2, 9, 1)
    first = seen["waiting"][0]
    assert (first["from"], first["question"]) == (TOM, "Is the lease signed yet?")
    assert "you have written to them before" in first["why"]  # the message that was answered
    assert first["draft"] is None
    assert len(facts("today", "--limit", 1)["waiting"]) == 1
    assert "and 1 more" in run("today", "--limit", 1).out
    assert facts("collect")["received"] == 0
    assert facts("status")["documents"] == 0
    assert "qz" not in everything(own_home)
    assert_whole(own_home)


def test_the_ledger_says_what_was_consented_to_and_no_message(
    tmp_path: Path, own_home: Path
) -> None:
    facts("sources", "add", inbox(tmp_path, "mbox", MAILS), "--context", "--me", ME)
    facts("collect")
    said = run("ledger").out
    assert "as context only" in said
    assert "never train on them" in said
    assert "qz" not in said


def test_the_address_is_told_by_those_who_wrote(tmp_path: Path) -> None:
    place = inbox(tmp_path, "mbox", MAILS[:4])
    assert facts("sources", "add", place, "--context")["me"] == [ME]
    assert "most frequent addressee" in run("sources", "add", place, "--context").out
    facts("collect")
    assert set(listed()) == {"answered", "lease", "thanks"}


def test_the_addresses_of_other_sources_count_too(collected: Path, tmp_path: Path) -> None:
    other = [received(n, letter(9), To="choir@example.org") for n in ("a", "b")]
    place = inbox(tmp_path, "mbox", other)
    assert facts("sources", "add", place, "--context")["me"] == ["choir@example.org", ME]


def test_what_is_no_mailbox_is_no_inbox(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(letter(1))
    reason = run("sources", "add", tmp_path / "notes.txt", "--context", "--kind", "browser").reason
    assert "is no inbox" in reason


def test_texts_beside_the_mail_of_an_inbox_are_not_read(tmp_path: Path, own_home: Path) -> None:
    place = inbox(tmp_path, "eml", MAILS[:1])
    (place / "notes.txt").write_text(marked(90))
    facts("sources", "add", place, "--context", "--me", ME, "--kind", "folder")
    done = facts("collect")
    assert (done["received"], done["total"]) == (1, 0)
    assert left_of(own_home, marks(90)) == []


def test_mail_that_is_sent_later_answers_whatever_its_source(tmp_path: Path) -> None:
    facts("sources", "add", inbox(tmp_path, "mbox", MAILS[:2]), "--context", "--me", ME)
    outbox = tmp_path / "Sent"
    with closing(mailbox.Maildir(outbox)) as box:
        box.add(sent("other", letter(1), "start"))
        facts("sources", "add", outbox, "--me", ME)
        facts("collect")
        assert listed() == ["lease", "thanks"]
        box.add(sent("short", "No.", "lease"))  # too short to learn from
    assert facts("collect")["new"] == 0
    assert listed() == ["thanks"]


def test_a_forward_is_no_answer(tmp_path: Path) -> None:
    forward = sent("forward", letter(2), "lease")
    del forward["Subject"]
    forward["Subject"] = "Fwd: About lease"
    place = inbox(tmp_path, "mbox", [*MAILS[:2], forward])
    facts("sources", "add", place, "--context", "--me", ME)
    facts("collect")
    assert listed() == ["lease", "thanks"]


def test_a_maildir_tells_that_a_message_was_answered_later(tmp_path: Path) -> None:
    place = inbox(tmp_path, "maildir", MAILS[:2])
    facts("sources", "add", place, "--context", "--me", ME)
    facts("collect")
    with closing(mailbox.Maildir(place)) as box:
        for key, one in box.items():
            if "lease" in one["Subject"]:
                one.add_flag("RS")
                box[key] = one
    facts("collect")
    assert listed() == ["thanks"]


@pytest.mark.parametrize("field", ["X-Status: A", "Status: ROA", "X-Mozilla-Status: 0003"])
def test_an_mbox_tells_that_a_message_was_answered_later(field: str, tmp_path: Path) -> None:
    place = inbox(tmp_path, "mbox", MAILS[:2])
    facts("sources", "add", place, "--context", "--me", ME)
    facts("collect")
    place.write_bytes(place.read_bytes().replace(b"From: Tom", f"{field}\nFrom: Tom".encode(), 1))
    facts("collect")
    assert listed() == ["thanks"]


def test_a_message_is_dismissed(tmp_path: Path) -> None:
    facts("sources", "add", inbox(tmp_path, "mbox", MAILS[:2]), "--context", "--me", ME)
    facts("collect")
    lease = facts("today")["waiting"][0]["id"]
    assert facts("today", "dismiss", lease[:8]) == {
        "id": lease,
        "subject": "About lease",
        "dismissed": True,
    }
    facts("collect")
    assert listed() == ["thanks"]
    assert "no received message 'ffffffff'" in run("today", "dismiss", "ffffffff").reason


def test_without_an_inbox_it_says_how_to_have_one(own_home: Path) -> None:
    assert "sources add PATH|URL --context" in run("today").out
    assert facts("today") == {"waiting": [], "total": 0, "kept": 0, "inboxes": 0}


def test_a_message_is_answered_by_its_id_and_drafts_are_prepared_once(
    collected: Path, tmp_path: Path
) -> None:
    facts("sources", "add", inbox(tmp_path, "mbox", MAILS[:3]), "--context", "--me", ME)
    facts("collect")
    lease = next(one["id"] for one in facts("today")["waiting"] if "lease" in one["subject"])
    answer = facts("reply", lease[:10], "--about", "yes", "--length", 20)
    assert answer["text"]
    said = {one["id"]: one["draft"] for one in facts("today")["waiting"]}
    assert said.pop(lease) == {
        "draft": answer["draft"],
        "text": answer["text"],
        "adapter": answer["adapter"],
    }
    assert list(said.values()) == [None, None]
    assert "no received message" in run("reply", "ffffffff").reason
    assert facts("today", "prepare")["prepared"] == 2
    assert all(one["draft"] for one in facts("today")["waiting"])
    assert facts("today", "prepare") == {"prepared": 0, "drafts": []}
    assert "A draft is ready" in run("today").out


def test_nothing_of_an_inbox_is_trained_on(collected: Path, tmp_path: Path) -> None:
    """The whole way, then every byte of what a run leaves is looked through."""
    facts("sources", "add", inbox(tmp_path, "mbox", MAILS), "--context", "--me", ME)
    before = facts("status")["documents"]
    facts("collect")
    assert facts("status")["documents"] == before
    assert facts("train", "--minutes", MINUTES)["adapter"]
    numbers = [word for n in range(1, 12) for word in marks(n)]
    assert left_of(collected / "runs", numbers) == []
    assert left_of(collected / "adapters", numbers) == []
    assert "qz" not in everything(collected)
    drafted = facts("write", f"The lease {marks(1)[0]}000k", "--length", 20)
    assert "qz" not in str(drafted["retrieved"])


@pytest.mark.parametrize("how", ["remove", "forget"])
def test_no_byte_is_left_of_an_inbox_that_was_withdrawn(
    how: str, collected: Path, tmp_path: Path
) -> None:
    place = inbox(tmp_path, "mbox", MAILS)
    facts("sources", "add", place, "--context", "--me", ME)
    facts("collect")
    facts("reply", facts("today")["waiting"][0]["id"], "--length", 20)
    assert left_of(collected, marks(1))
    if how == "remove":
        assert facts("sources", "remove", place)["context"] is True
    else:
        done = facts("forget", place, "--yes")
        assert (done["received"], done["documents"], done["drafts"]) == (9, 0, 1)
    assert left_of(collected, [word for n in range(1, 12) for word in marks(n)]) == []
    assert facts("today")["inboxes"] == 0
    assert_whole(collected)


def test_one_message_is_forgotten_and_stays_so(tmp_path: Path, own_home: Path) -> None:
    place = inbox(tmp_path, "mbox", MAILS[:2])
    facts("sources", "add", place, "--context", "--me", ME)
    facts("collect")
    lease = facts("today")["waiting"][0]["id"]
    assert "1 received message" in run("forget", lease[:12], "--dry-run").out
    done = run("forget", lease[:12], "--yes")
    assert "Forgotten: 1 received message and 0 drafts." in done.out
    assert left_of(own_home, marks(1)) == []
    place.write_bytes(b"\n" + place.read_bytes())
    assert facts("collect")["received"] == 0
    assert listed() == ["thanks"]


def test_what_is_excluded_leaves_the_inbox(tmp_path: Path) -> None:
    place = inbox(tmp_path, "eml", MAILS[:2])
    (place / "private").mkdir()
    (place / "0.eml").rename(place / "private" / "0.eml")
    facts("sources", "add", place, "--context", "--me", ME)
    assert facts("collect")["received"] == 2
    facts("sources", "exclude", "private/")
    facts("collect")
    assert listed() == ["thanks"]
    assert facts("collect")["received"] == 0


def test_what_would_be_kept_of_an_inbox_is_shown_before(tmp_path: Path, own_home: Path) -> None:
    place = inbox(tmp_path, "mbox", MAILS)
    seen = facts("sources", "preview", place, "--context", "--me", ME)
    assert (seen["context"], seen["taken"]) == (True, 9)
    assert seen["dropped"] == {"machine-made": 1, "older than 60 days": 1, "sent by you": 1}
    said = run("sources", "preview", place, "--context", "--me", ME).out
    assert "9 messages, to be answered, with" in said
    assert "sources add PATH --context" in said
    assert left_of(own_home, marks(1)) == []
