"""`bases`, and `init` with a hub on loopback: in front, in the background, one at a time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune_adapters.bases import pocket_path
from microtune_adapters.download_state import Download
from microtune_adapters.downloaded import Shelf
from microtune_tui import downloads
from tests import loopback_hub
from tests.cli.running import PATIENCE_S, assert_whole, facts, run, start
from tests.loopback_hub import NAME, STORED, Hub

HELD = 10 * loopback_hub.PIECE  # so much of the file comes, and then nothing


@pytest.fixture
def hub(base_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with loopback_hub.running(base_file.read_bytes()) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield running


@pytest.fixture
def home(own_home: Path) -> Home:
    return Home(own_home)


def wait_for(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def newest(home: Home) -> Download:
    found = Download.load(home)
    assert found
    return found


def begun(home: Home) -> int:
    """How many bytes of the file have come to stay."""
    return Shelf(home.bases).begun(STORED)


def test_the_list_says_what_there_is_and_what_suits() -> None:
    said = facts("bases", "list")
    assert said["machine"]["memory_mb"] > 0
    assert said["advised"] in {base["name"] for base in said["bases"]}
    pocket, *others = said["bases"]
    assert (pocket["name"], pocket["here"]) == ("pocket", True)
    assert all(len(base["sha256"]) == 64 and not base["here"] for base in others)
    assert {base["fits"] for base in said["bases"]} <= {"trains", "drafts", "no"}
    assert said["download"] is None
    lines = run("bases", "list").out
    assert "qwen2.5-0.5b  676 MB, Apache-2.0, to download (1:48 min at 50 Mbit/s), " in lines
    assert "This machine: " in lines


def test_a_base_is_downloaded_and_chosen(hub: Hub, home: Home) -> None:
    said = facts("bases", "download", NAME)
    assert said["name"] == STORED
    assert said["sha256"] == hub.sha256
    assert said["verified"] == "hub"
    assert Path(said["path"]).read_bytes() == hub.content
    assert newest(home).state == "done"
    hub.requests.clear()
    assert facts("init", "--base", NAME, "--yes")["sha256"] == hub.sha256
    assert hub.requests == []
    assert facts("status")["base"] == "tiny-0"
    (other,) = facts("bases", "list")["others"]
    assert (other["name"], other["in_use"]) == (STORED, True)
    assert run("doctor").out == "Nothing is wrong.\n"
    assert_whole(home.path)


def test_init_downloads_what_is_not_here(hub: Hub) -> None:
    assert facts("init", "--base", NAME, "--yes")["sha256"] == hub.sha256
    assert hub.sent == len(hub.content)


def test_init_leaves_the_base_as_it_was_where_a_download_fails(hub: Hub, base_file: Path) -> None:
    facts("init", "--base", base_file)
    hub.status = 404
    assert "has no tiny.gguf" in run("init", "--base", NAME).reason
    assert facts("status")["base"] == "tiny-0"


def test_a_name_of_the_catalogue_that_the_hub_has_other_bytes_for_is_refused(hub: Hub) -> None:
    assert "has another file for smollm2-360m" in run("init", "--base", "smollm2-360m").reason
    assert hub.sent == 0


def test_a_base_that_was_changed_after_its_download_is_refused(hub: Hub) -> None:
    path = Path(facts("bases", "download", NAME)["path"])
    changed = bytearray(path.read_bytes())
    changed[-1] ^= 1
    path.write_bytes(changed)
    assert "is not the file any more" in run("init", "--base", NAME).reason


def test_a_downloaded_base_is_removed_unless_it_is_in_use(
    hub: Hub, home: Home, base_file: Path
) -> None:
    facts("init", "--base", NAME, "--yes")
    assert "is the base in use" in run("bases", "remove", NAME).reason
    facts("init", "--base", base_file, "--yes")
    assert facts("bases", "remove", STORED)["bytes"] > len(hub.content)
    assert Download.load(home) is None
    assert [path for path in home.bases.iterdir() if "tiny" in path.name] == []


@pytest.mark.parametrize("name", ["pocket", "qwen3-4b", NAME, "nothing", "../settings"])
def test_what_was_not_downloaded_cannot_be_removed(name: str, home: Home) -> None:
    facts("init", "--yes")
    assert run("bases", "remove", name).code == 1
    assert home.settings.exists()


def test_nothing_but_the_name_of_a_download_reaches_for_a_network(hub: Hub) -> None:
    for name in ("qwen9", "ann/tiny-GGUF/tiny.gguf", "hf:nothing"):
        assert run("init", "--base", name).code == 1
        assert run("bases", "download", name).code == 1
    assert [run(*words).code for words in (["init"], ["bases", "list"], ["status"])] == [0, 0, 0]
    assert hub.requests == []


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_download_that_is_stopped_while_nothing_comes_leaves_at_once(
    hub: Hub, home: Home, kind: signal.Signals
) -> None:
    hub.held_at = HELD
    # a shell's background jobs, and so perhaps these tests, ignore SIGINT
    before = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process = start("bases", "download", NAME, before=before)
    wait_for(lambda: begun(home) == HELD)
    process.send_signal(kind)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 75
    assert err.decode().startswith(f"microtune: the download of {STORED} was stopped. Run the same")
    assert newest(home).state == "stopped"
    hub.held_at = None
    facts("bases", "download", NAME)
    assert hub.sent == len(hub.content)  # nothing twice
    assert hub.ranges == ["", f"bytes={HELD}-"]  # the silence was not waited out


def test_in_the_background_it_says_how_far_it_is_and_changes_nothing(hub: Hub, home: Home) -> None:
    facts("init", "--yes")
    hub.held_at = HELD
    first = downloads.start(home, NAME)
    assert (first.name, first.state) == (STORED, "starting")
    assert newest(home).under_way  # from the first moment on
    wait_for(lambda: 0 < newest(home).percent < 100)
    assert newest(home).bytes_per_s >= 0
    assert facts("status")["download"]["name"] == STORED
    assert f"Download: {STORED}, " in run("status").out
    hub.held_at = None
    wait_for(lambda: not newest(home).under_way)
    assert (newest(home).state, newest(home).percent) == ("done", 100)
    assert facts("status")["base"] == "pocket"
    assert f"{STORED} is here: microtune init --base {NAME}" in run("status").out
    facts("init", "--base", NAME, "--yes")
    assert "Download:" not in run("status").out


def test_it_outlives_who_started_it(hub: Hub, home: Home) -> None:
    hub.held_at = HELD
    program = (
        "import sys; from microtune.locations import Home; from microtune_tui import downloads\n"
        "downloads.start(Home.find(), sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", program, NAME], check=True)
    assert newest(home).under_way
    hub.held_at = None
    wait_for(lambda: newest(home).state == "done")


def test_one_at_a_time(hub: Hub, home: Home) -> None:
    hub.held_at = loopback_hub.PIECE
    downloads.start(home, NAME)
    wait_for(lambda: begun(home) == loopback_hub.PIECE)
    with pytest.raises(MicrotuneError, match=f"{STORED} is being downloaded already"):
        downloads.start(home, "qwen3-4b")
    assert "is being downloaded already, by process" in run("bases", "download", NAME).reason
    assert "is being downloaded" in run("bases", "remove", NAME).reason
    assert facts("bases", "cancel") == {"stopped": True}
    assert newest(home).state == "stopped"
    assert facts("bases", "cancel") == {"stopped": False}
    assert facts("bases", "remove", NAME)["bytes"] == loopback_hub.PIECE


def test_a_killed_one_counts_as_stopped_and_goes_on(hub: Hub, home: Home) -> None:
    hub.held_at = HELD
    process = start("bases", "download", NAME)
    wait_for(lambda: begun(home) == HELD)
    process.kill()
    process.communicate()
    assert newest(home).state == "stopped"
    assert run("status").out.count(f"Download: {STORED} stopped at ") == 1
    hub.held_at = None
    downloads.start(home, newest(home).asked)
    wait_for(lambda: newest(home).state == "done")
    assert hub.sent == len(hub.content)


def test_what_went_wrong_in_the_background_is_said(hub: Hub, home: Home) -> None:
    hub.status = 403
    downloads.start(home, NAME)
    wait_for(lambda: newest(home).state == "failed")
    assert "does not give tiny.gguf" in newest(home).line
    assert f"Download: {STORED} failed: " in run("status").out


def test_pocket_is_never_downloaded(home: Home) -> None:
    assert "comes with microtune" in run("bases", "download", "pocket").reason
    with pytest.raises(MicrotuneError, match="comes with microtune"):
        downloads.start(home, "pocket")


@pytest.mark.skipif(not pocket_path().exists(), reason="pocket is not in this checkout")
def test_init_alone_takes_pocket_and_says_what_would_suit() -> None:
    ran = run("init")
    assert ran.out.startswith("Base: pocket, ")
    assert " suits this machine: it " in ran.out
    assert facts("init", "--yes")["advised"] == facts("bases", "list")["advised"]
