"""`write`, `reply` and `rewrite`: drafts that a seed repeats, and texts that cannot be drafted on.

The tiny base writes nonsense; what counts here is that the same request gives the same nonsense.
"""

from pathlib import Path

import pytest

from microtune.drafts import Draft
from microtune.locations import Home
from microtune.store import Store
from tests.cli.running import facts, run, run_apart
from tests.collectors.letters import mail
from tests.microtune.invented import letter

FIELDS = "draft text adapter base retrieved tokens first_token_ms tokens_per_s".split()  # noqa: SIM905
WRITE = ("write", "The garden needs mending.", "--length", "5")
LENGTH = ("--length", "5")


def newest(home: Path) -> Draft:
    with Store.open(Home(home)) as store:
        return store.drafts.newest(1)[0]


@pytest.fixture
def message(tmp_path: Path) -> Path:
    """A mail that quotes an older one and ends in a signature."""
    path = tmp_path / "message.eml"
    text = "Will you come on Tuesday?\n\nOn Monday, Ann wrote:\n> I never eat plums.\n\n-- \nBen\n"
    path.write_bytes(mail("plums", text, sender="Ben Ó Briain <ben@example.com>").as_bytes())
    return path


def test_a_seed_repeats_a_draft_and_another_gives_another(trained: Path) -> None:
    one, two, other = (facts(*WRITE, "--seed", seed) for seed in (7, 7, 8))
    assert [field for field in FIELDS if field not in one] == []
    assert one["text"] == two["text"] != other["text"]
    assert one["draft"] != two["draft"]
    assert one["adapter"] == facts("status")["active"]
    assert one["base"] == "tiny-0"
    assert one["retrieved"]
    assert one["tokens"] > 0
    assert one["tokens_per_s"] > 0


def test_the_adapter_changes_the_draft(trained: Path) -> None:
    assert facts(*WRITE)["text"] != facts(*WRITE, "--adapter", "none")["text"]
    assert newest(trained).adapter == ""


def test_a_draft_streams_to_standard_output_and_is_recorded(trained: Path) -> None:
    streamed = run_apart(*WRITE, "--to", "Ben", "--subject", "Garden", "--seed", 3)
    assert (streamed.code, streamed.err) == (0, "")
    kept = newest(trained)
    assert streamed.out.strip() == kept.text
    assert streamed.out.endswith("\n")
    asked = kept.request
    assert (asked["to"], asked["subject"], asked["words"]) == ("Ben", "Garden", 5)
    assert kept.sampling.seed == 3


def test_an_adapter_may_be_named_by_the_start_of_its_id(trained: Path) -> None:
    active = facts("status")["active"]
    assert facts(*WRITE, "--adapter", active[:5])["adapter"] == active


@pytest.mark.parametrize("command", [WRITE, ("rewrite", "-")])
def test_an_unknown_adapter_is_refused(command: tuple[str, ...], trained: Path) -> None:
    ran = run_apart(*command, "--adapter", "ffff", given=b"Some words.")
    assert ran.reason == "no adapter ffff. See `microtune adapters list`."
    assert ran.out == ""


def test_without_a_base_nothing_is_drafted() -> None:
    assert "microtune init" in run("write", "Hello.").reason


def test_an_empty_brief_is_refused(collected: Path) -> None:
    assert "nothing to write" in run("write", "  ").reason


def test_a_reply_answers_the_senders_own_words(collected: Path, message: Path) -> None:
    said = facts("reply", message, "--about", "yes", *LENGTH)
    assert said["tokens"] > 0
    asked = newest(collected).request
    assert asked["text"] == "Will you come on Tuesday?"
    assert asked["to"] == "Ben Ó Briain <ben@example.com>"
    assert asked["subject"] == "About plums"
    assert asked["about"] == "yes"


def test_a_message_may_come_on_standard_input(collected: Path, message: Path) -> None:
    ran = run_apart("reply", "-", *LENGTH, "--json", given=message.read_bytes())
    assert ran.facts["tokens"] > 0
    assert newest(collected).request["text"] == "Will you come on Tuesday?"


def test_a_message_that_is_all_quotation_is_answered_whole(collected: Path, tmp_path: Path) -> None:
    path = tmp_path / "forwarded.eml"
    path.write_bytes(mail("plums", "> I never eat plums.\n").as_bytes())
    facts("reply", path, *LENGTH)
    assert newest(collected).request["text"] == "> I never eat plums."


def test_a_large_attachment_is_not_read(collected: Path, tmp_path: Path) -> None:
    message = mail("photos", "Look at these.")
    message.add_attachment(b"\0" * (8 << 20), maintype="image", subtype="png", filename="a.png")
    path = tmp_path / "photos.eml"
    path.write_bytes(message.as_bytes())
    facts("reply", path, *LENGTH)
    assert newest(collected).request["text"] == "Look at these."


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", bytes(range(256)) * 20, b"From: ben@example.com\nSubject: Nothing\n\n\n"],
    ids=["empty", "blank", "garbage", "no body"],
)
def test_a_message_without_text_is_refused(content: bytes, collected: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.eml"
    path.write_bytes(content)
    assert run("reply", path).reason.startswith(f"{path} holds no text to answer")


@pytest.mark.parametrize("command", ["reply", "rewrite"])
def test_a_file_that_cannot_be_read_is_refused(
    command: str, collected: Path, tmp_path: Path
) -> None:
    assert "No such file" in run(command, tmp_path / "none.eml").reason
    assert "Is a directory" in run(command, tmp_path).reason


def test_a_text_is_rewritten_from_a_file_and_from_standard_input(
    collected: Path, tmp_path: Path
) -> None:
    text = letter(5, sentences=1)
    path = tmp_path / "notes.txt"
    path.write_text(text)
    from_file = facts("rewrite", path, "--seed", 4)
    piped = run_apart("rewrite", "-", "--seed", 4, "--json", given=text.encode()).facts
    assert from_file["text"] == piped["text"]
    assert newest(collected).request["text"] == text


def test_a_text_in_another_charset_is_read(collected: Path, tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("Zoë mended the café.".encode("latin-1"))
    facts("rewrite", path)
    assert newest(collected).request["text"] == "Zoë mended the café."


def test_what_is_no_text_or_too_much_is_not_rewritten(collected: Path, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b" \n")
    assert "holds no text" in run("rewrite", path).reason
    path.write_bytes(b"ELF\0\0\1\2")
    assert "is no text file" in run("rewrite", path).reason
    path.write_bytes(b"word " * 100_000)
    assert "is longer than 200 kB" in run("rewrite", path).reason
