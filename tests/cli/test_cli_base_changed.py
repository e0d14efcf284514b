"""A base that changed: the one that came with microtune is renewed, and asks for new training."""

import hashlib
import shutil
from pathlib import Path

import pytest

from microtune_adapters import bases
from tests.cli.conftest import MINUTES
from tests.cli.running import Ran, assert_whole, facts, run
from tests.collectors.letters import ME

RETRAIN = "microtune train"


def ship(base: Path, pocket: Path) -> str:
    """The package carries `base` as pocket from now on; returns its hash."""
    shutil.copy(base, pocket)
    digest = hashlib.sha256(pocket.read_bytes()).hexdigest()
    pocket.with_suffix(".sha256").write_text(f"{digest}\n")
    return digest


@pytest.fixture
def pocket(base_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the package's pocket lies: a tiny one, which trains in seconds."""
    path = tmp_path / "package" / "pocket.gguf"
    path.parent.mkdir()
    ship(base_file, path)
    monkeypatch.setattr(bases, "pocket_path", lambda: path)
    return path


@pytest.fixture
def adapter(pocket: Path, trained: Path) -> str:
    """The active adapter of a home whose base is pocket."""
    facts("init", "--yes")
    active = facts("status")
    assert active["active_fits"] is True
    return str(active["active"])


@pytest.fixture
def renewed(adapter: str, pocket: Path, other_base_file: Path) -> str:
    """The hash of a new pocket, of the same shape, that came with a newer microtune."""
    return ship(other_base_file, pocket)


def refused(ran: Ran) -> str:
    """The one line of a refusal, which asks to train."""
    last = ran.err.splitlines()[-1]
    assert ran.code == 1
    assert "unexpected" not in ran.err
    assert f"`{RETRAIN}`" in last
    return last


@pytest.mark.parametrize("command", [["status"], ["write", "Hello."], ["doctor"], ["evaluate"]])
def test_the_next_command_says_it_once(renewed: str, adapter: str, command: list[str]) -> None:
    told = run(*command).err.splitlines()[0]
    assert told == (
        f"microtune: the base tiny-1 was renewed with microtune; the adapter {adapter} fits the "
        "earlier one: run `microtune train`."
    )
    assert "renewed" not in run(*command).err
    assert [line["event"] for line in facts("ledger")["lines"]].count("base renewed") == 1
    assert_whole(Path(facts("status")["home"]))


def test_json_stays_alone_on_standard_output(renewed: str) -> None:
    ran = run("status", "--json")
    assert ran.facts["active_fits"] is False
    assert "renewed" in ran.err


def test_without_an_adapter_nothing_is_to_be_trained_anew(
    pocket: Path, own_home: Path, other_base_file: Path
) -> None:
    facts("init", "--yes")
    ship(other_base_file, pocket)
    ran = run("write", "Hello.", "--length", 5)
    assert ran.code == 0
    assert ran.err == "microtune: the base tiny-1 was renewed with microtune.\n"


def test_the_old_adapter_is_refused_wherever_it_is_met(
    renewed: str, adapter: str, tmp_path: Path
) -> None:
    exported = tmp_path / "mine.zip"
    facts("adapters", "export", adapter, exported)
    run("status")
    for command in (
        ("write", "Hello."),
        ("write", "Hello.", "--adapter", adapter),
        ("evaluate",),
        ("evaluate", "--adapter", adapter),
        ("adapters", "use", adapter),
        ("adapters", "import", exported),
    ):
        ran = run(*command)
        assert "base" in refused(ran)
        assert ran.err.count("\n") == 1
        assert ran.out == ""


def test_where_things_stand_is_said(renewed: str, adapter: str) -> None:
    run("status")
    [listed] = facts("adapters", "list")["adapters"]
    assert (listed["id"], listed["fits"]) == (adapter, False)
    assert "of another base: run `microtune train`" in run("adapters", "list").out
    assert f"active: {adapter}, which is of another base" in run("status").out
    [problem] = facts("doctor")["problems"]
    assert problem["what"] == f"the adapter {adapter} was trained for another base than tiny-1"
    assert RETRAIN in problem["remedy"]


def test_a_renewed_base_of_the_same_name_is_an_earlier_one(
    adapter: str, base_file: Path, pocket: Path
) -> None:
    """As pocket's is: only its weights differ."""
    content = bytearray(base_file.read_bytes())
    content[-10] ^= 1
    changed = pocket.with_name("changed")
    changed.write_bytes(content)
    ship(changed, pocket)
    run("status")
    assert "was trained for an earlier tiny-0. Run `microtune train`" in refused(run("evaluate"))


def test_all_else_goes_on(renewed: str, adapter: str, mailbox: Path) -> None:
    assert run("collect").code == 0
    assert facts("sources", "add", mailbox, "--me", ME)["kind"] == "mbox"
    run("status")
    drafted = facts("write", "Hello.", "--adapter", "none", "--length", 5)
    assert (drafted["adapter"], drafted["base"]) == ("", "tiny-1")


def test_training_mends_it(renewed: str, adapter: str) -> None:
    ran = run("train", "--minutes", MINUTES, "--json")
    assert ran.code == 0
    assert ran.err.startswith("microtune: the base tiny-1 was renewed")
    made = ran.facts["adapter"]
    assert made != adapter
    assert facts("adapters", "show", made)["base_sha256"] == renewed
    assert facts("evaluate", "--adapter", made)["adapter"] == made


def test_a_rollback_passes_over_adapters_of_another_base(renewed: str, adapter: str) -> None:
    run("status")
    made = facts("train", "--minutes", MINUTES)
    assert made["status"] == "promoted"  # the old adapter is no rival: it serves another base
    assert facts("adapters", "rollback") == {"adapter": ""}
    assert facts("write", "Hello.", "--length", 5)["adapter"] == ""


def test_init_verifies_the_shipped_file(pocket: Path, other_base_file: Path) -> None:
    shutil.copy(other_base_file, pocket)  # and its hash is still the old one
    assert "is not the pocket that was shipped" in run("init", "--base", "pocket").reason


def test_a_damaged_pocket_renews_nothing(renewed: str, pocket: Path, own_home: Path) -> None:
    before = (own_home / "settings.json").read_bytes()
    pocket.write_bytes(pocket.read_bytes()[:-5] + b"xxxxx")
    assert "is not the pocket that was shipped" in run("write", "Hello.").reason
    assert (own_home / "settings.json").read_bytes() == before


def test_a_file_of_ones_own_is_not_renewed_by_itself(
    trained: Path, base_file: Path, other_base_file: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.gguf"
    shutil.copy(base_file, mine)
    facts("init", "--base", mine, "--yes")
    shutil.copy(other_base_file, mine)
    for command in (["write", "Hello."], ["train"], ["evaluate"]):
        reason = run(*command).reason
        assert f"`microtune init --base {mine}`" in reason
        assert f"`{RETRAIN}`" in reason
