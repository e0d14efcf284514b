"""The benchmarks run on tiny inputs and print figures that hang together."""

import json
import mailbox
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from microtune.locations import Home
from microtune_tui.wiring import Wiring
from tests.cli.running import facts
from tests.house.files import ROOMS, ROOT
from tests.microtune.invented import letter
from tests.tiny import tiny_base
from tests.tui.homes import with_adapter

BENCH = ROOT / "scripts" / "bench"
LETTERS = 30


def bench(script: str, *arguments: object) -> tuple[dict[str, Any], str]:
    """Run a benchmark; its JSON object, and the Markdown that follows it."""
    path = ":".join(str(folder.parent) for folder in ROOMS.values())
    done = subprocess.run(
        [sys.executable, BENCH / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, _, rest = done.stdout.partition("\n")
    return json.loads(first), rest


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny_base(tmp_path / "tiny.gguf")


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """A mailbox of sent mail, one a day."""
    box = mailbox.mbox(tmp_path / "sent.mbox")
    for number in range(LETTERS):
        mail = EmailMessage()
        mail["From"], mail["To"] = "Ada <ada@example.org>", "bo@example.org"
        mail["Message-ID"] = f"<{number}@example.org>"
        mail["Date"] = format_datetime(datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=number))
        mail["Subject"] = f"Letter {number}"
        mail.set_content(letter(number))
        box.add(mail)
    box.close()
    return tmp_path / "sent.mbox"


def test_people_measures_whom_it_can_and_goes_on_where_it_was(tmp_path: Path, base: Path) -> None:
    people = tmp_path / "people"
    for name, count in (("ada", LETTERS), ("bo", 3)):
        (people / name).mkdir(parents=True)
        records = ({"subject": f"Letter {n}", "email": letter(n)} for n in range(count))
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (people / name / "emails.jsonl").write_text(lines)
    results, page = tmp_path / "people.jsonl", tmp_path / "page.md"
    page.write_text("Before.\n<!-- people:begin -->\nold\n<!-- people:end -->\nAfter.\n")
    command = (people, "--base", base, "--minutes", "0.01", "--results", results, "--docs", page)

    result, markdown = bench("people.py", *command)

    ada, bo = result["people"]
    assert ada["documents"] == LETTERS
    assert set(ada["bits_per_byte"]) == {"base", "base_rag", "adapter", "adapter_rag"}
    assert ada["intervals"]["base"]["low"] <= ada["intervals"]["base"]["high"]
    assert ada["peak_mb"] > 100  # torch was in it
    assert "20 documents" in bo["failed"]
    assert (result["summary"]["people"], result["summary"]["failed"]) == (1, 1)
    written = page.read_text()
    assert written.startswith("Before.\n")
    assert written.endswith("After.\n")
    assert markdown.strip() in written
    assert "old" not in written
    assert str(tmp_path) not in written

    kept = results.read_text()
    again, _ = bench("people.py", *command, "--only", "ada")
    assert again["people"] == [ada]
    assert results.read_text() == kept


def test_collecting_repeats_mail_and_finds_the_copies(sent: Path, base: Path) -> None:
    size = sent.stat().st_size * 3 / 1e9
    result, markdown = bench("collecting.py", sent, "--gigabytes", size, "--base", base)
    assert result["mailbox"]["messages"] == result["messages"] >= 3 * LETTERS
    assert result["documents"] == LETTERS
    assert result["duplicates"] == pytest.approx(1 - LETTERS / result["messages"])
    assert result["second"]["new"] == 0
    assert "second pass" in markdown


def test_training_gives_all_contestants_the_same_examples(sent: Path, base: Path) -> None:
    options = ("--base", base, "--steps", 3, "--rounds", 1, "--precision", "fp32")
    result, markdown = bench("training.py", sent, *options, "--only", "microtune", "grouped")
    runs = {run["trainer"]: run for run in result["runs"]}
    for run in runs.values():
        assert run["tokens"] == result["tokens"]
        assert run["answer_tokens"] == result["answer_tokens"]
        assert abs(run["steps"] - result["steps"]) <= 1
        # one task: nobody's loss is far from the random base's
        assert run["loss"] == pytest.approx(runs["microtune"]["loss"], rel=0.2)
        assert run["heldout"] == pytest.approx(runs["microtune"]["heldout"], rel=0.1)
    (ratio,) = result["speedups"]
    assert ratio["against"] == "Trainer, grouped by length, fp32"
    assert f"| microtune | fp32 | {runs['microtune']['tokens_per_s']:.0f} |" in markdown


def test_each_piece_of_the_trainer_is_measured_beside_the_whole(sent: Path, base: Path) -> None:
    alike = ("masked attention", "peft's projections", "logits at once", "last block everywhere")
    pieces = (*alike, "padding", "states known")
    options = ("--base", base, "--steps", 5, "--rounds", 1, "--only", *pieces)
    result, markdown = bench("training_pieces.py", sent, *options)
    assert [run["piece"] for run in result["pieces"]] == ["", *pieces]
    assert all(run["step"] > 0 and run["peak_mb"] > 100 for run in result["pieces"])
    whole, *others = result["pieces"]
    assert [run["loss"] for run in others[: len(alike)]] == pytest.approx([whole["loss"]] * 4)
    assert result["profile"]["gflops"] > 0
    assert "| as in a run |" in markdown
    assert "matrix products" in markdown


def test_a_dry_run_is_held_against_the_run_that_follows(sent: Path, base: Path) -> None:
    result, markdown = bench("foretold.py", sent, "--base", base, "--minutes", 0.01)
    (row,) = result["rows"]
    assert (row["person"], row["documents"]) == ("sent", LETTERS - 12)  # ten held out, two steer
    assert row["foretold"] > 0 < row["taken"]
    assert row["status"] in ("promoted", "rejected")
    assert f"| {row['foretold'] / row['taken']:.2f} | {row['status']} |" in markdown


def test_generating_needs_no_trained_adapter(base: Path) -> None:
    options = ("--base", base, "--rounds", 2, "--tokens", 8, "--swaps", 2)
    result, markdown = bench("generating.py", *options)
    for engine in ("in_process", "own_process"):
        assert result[engine]["ratio"] > 0
        assert result[engine]["longest_swap_ms"] >= result[engine]["swap_ms"] > 0
    assert result["own_process"]["cold_first_token_ms"] > 0
    assert "random adapter of rank 16" in markdown


def test_a_merged_adapter_says_what_it_says_beside_its_base(
    tmp_path: Path, own_home: Path, sent: Path, base: Path
) -> None:
    facts("init", "--base", base, "--yes")
    facts("sources", "add", sent, "--me", "ada@example.org")
    facts("collect")
    with_adapter(Wiring(Home(own_home)), tmp_path, base)

    few = ("--rounds", 2, "--tokens", 8, "--texts", 3)
    result, markdown = bench("merged.py", "--home", own_home, *few)

    bits = {name: form["bits_per_byte"] for name, form in result["forms"].items()}
    beside = bits["beside the base, as now"]
    assert abs(bits["the bare base"] - beside) > 1e-3
    assert bits["merged, float16"] == pytest.approx(beside, abs=1e-3)
    assert all(form["tokens_per_s"] > 0 for form in result["forms"].values())
    assert "| merged, quantised as before |" in markdown
