"""Downloading a base from a hub on loopback: whole, in pieces, damaged, refused."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from microtune.errors import Interrupted, MicrotuneError
from microtune_adapters.catalogue import Entry, find
from microtune_adapters.downloaded import Shelf
from microtune_adapters.downloading import Patience, Transfer, download
from microtune_adapters.gguf_inspect import inspect_base
from tests import loopback_hub
from tests.loopback_hub import COMMIT, NAME, STORED, Hub

HASTY = Patience(silence_s=60.0, pauses_s=(0.01, 0.01))
EASILY_BORED = replace(HASTY, silence_s=2.0)  # where the hub does fall silent
ENTRY = find(NAME)


@pytest.fixture
def hub(base_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with loopback_hub.running(base_file.read_bytes()) as running:
        monkeypatch.setenv("HF_ENDPOINT", f"{running.url}/")
        yield running


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "bases")


def partials(shelf: Shelf) -> list[Path]:
    return list(shelf.folder.glob("*.part"))


def refusal(shelf: Shelf, entry: Entry = ENTRY, patience: Patience = HASTY) -> MicrotuneError:
    with pytest.raises(MicrotuneError) as caught:
        download(entry, shelf, patience=patience)
    assert "\n" not in str(caught.value)
    assert shelf.all() == []
    return caught.value


def test_a_whole_download(hub: Hub, shelf: Shelf) -> None:
    told: list[Transfer] = []
    found = download(ENTRY, shelf, told.append)
    path = shelf.path(STORED)
    assert path.read_bytes() == hub.content
    assert inspect_base(path).sha256 == found.sha256 == hub.sha256
    assert (found.verified, found.revision, found.bytes) == ("hub", COMMIT, len(hub.content))
    assert path.stat().st_mode & 0o777 == 0o600
    assert shelf.all() == [found]
    assert partials(shelf) == []
    assert hub.sent == len(hub.content)
    stages = [transfer.stage for transfer in told]
    assert stages == sorted(stages)  # downloading, then verifying
    assert {"downloading", "verifying"} == set(stages)
    assert told[-1].done == told[-1].total == len(hub.content)


def test_the_hub_learns_nothing_but_the_name_of_the_program(hub: Hub, shelf: Shelf) -> None:
    download(ENTRY, shelf)
    (agent,) = hub.agents
    assert agent.startswith("microtune/")
    assert " " not in agent


def test_what_is_here_is_not_asked_for_again(hub: Hub, shelf: Shelf) -> None:
    found = download(ENTRY, shelf)
    hub.requests.clear()
    assert download(ENTRY, shelf) == found
    assert hub.requests == []


def test_the_catalogues_hash_counts_where_it_has_one(hub: Hub, shelf: Shelf) -> None:
    entry = replace(ENTRY, sha256=hub.sha256, bytes=len(hub.content))
    assert download(entry, shelf).verified == "catalogue"


def test_another_file_than_the_catalogues_is_refused_before_a_byte_of_it(
    hub: Hub, shelf: Shelf
) -> None:
    said = refusal(shelf, replace(ENTRY, sha256="ab" * 32, bytes=len(hub.content)))
    assert "has another file" in said.what
    assert "nothing was downloaded" in said.what
    assert hub.sent == 0


@pytest.mark.parametrize("stated", [True, False])
def test_a_file_that_is_not_what_it_should_be_is_deleted(
    hub: Hub, shelf: Shelf, stated: bool
) -> None:
    """The hash is the hub's own, or the catalogue's where the hub states none."""
    entry = ENTRY
    if stated:
        hub.stated = "cd" * 32
    else:
        hub.tags = hub.index = False
        entry = replace(ENTRY, sha256="cd" * 32, bytes=len(hub.content))
    said = refusal(shelf, entry)
    assert "is not the file that it should be" in said.what
    assert "was deleted" in said.what
    assert partials(shelf) == []


def test_a_hash_that_only_the_index_knows(hub: Hub, shelf: Shelf) -> None:
    hub.tags = False
    assert download(ENTRY, shelf).sha256 == hub.sha256
    assert any("/api/models/ann/tiny-GGUF/paths-info/main" in line for line in hub.requests)


def test_a_file_that_nobody_states_a_hash_of_is_refused(hub: Hub, shelf: Shelf) -> None:
    hub.tags = hub.index = False
    assert "states no hash" in refusal(shelf).what
    assert hub.sent == 0


def test_a_connection_that_is_cut_is_taken_up_where_it_broke(hub: Hub, shelf: Shelf) -> None:
    hub.cut_after = [100_000, 50_000, 1]
    hub.busy = 1
    download(ENTRY, shelf, patience=HASTY)
    assert hub.sent == len(hub.content)  # nothing twice
    assert hub.ranges == ["", "bytes=100000-", "bytes=150000-", "bytes=150001-"]


def test_a_stopped_download_goes_on_where_it_was(hub: Hub, shelf: Shelf) -> None:
    with pytest.raises(Interrupted, match="are kept"):
        download(ENTRY, shelf, stop=lambda: hub.sent > len(hub.content) // 2)
    begun = shelf.begun(STORED)
    assert 0 < begun < len(hub.content)
    assert shelf.all() == []
    hub.ranges.clear()
    download(ENTRY, shelf)
    assert hub.ranges == [f"bytes={begun}-"]
    assert shelf.begun(STORED) == 0


def test_a_killed_download_goes_on_where_it_was(hub: Hub, shelf: Shelf, tmp_path: Path) -> None:
    hub.held_at = len(hub.content) // 2
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, NAME, str(shelf.folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    while process.poll() is None and shelf.begun(STORED) < len(hub.content) // 4:
        pass
    process.kill()
    assert process.wait() == -9
    begun = shelf.begun(STORED)
    assert 0 < begun < len(hub.content)
    hub.held_at = None
    hub.ranges.clear()
    download(ENTRY, shelf)
    assert hub.ranges == [f"bytes={begun}-"]
    assert hashlib.sha256(shelf.path(STORED).read_bytes()).hexdigest() == hub.sha256


PROGRAM = """
import sys
from pathlib import Path
from microtune_adapters.catalogue import find
from microtune_adapters.downloaded import Shelf
from microtune_adapters.downloading import download
download(find(sys.argv[1]), Shelf(Path(sys.argv[2])))
"""


def test_all_bytes_came_but_the_end_did_not(hub: Hub, shelf: Shelf) -> None:
    """Killed before it was verified: nothing is fetched, all of it is verified."""
    shelf.folder.mkdir()
    shelf.partial(STORED, hub.sha256).write_bytes(hub.content)
    download(ENTRY, shelf)
    assert hub.sent == 0
    assert shelf.get(STORED)


def test_a_newer_file_is_not_begun_with_bytes_of_an_older_one(hub: Hub, shelf: Shelf) -> None:
    hub.cut_after = [100_000] + [0] * 10
    refusal(shelf)
    hub.cut_after = []
    hub.content = hub.content[::-1]
    download(ENTRY, shelf)
    assert hub.ranges[-1] == ""
    assert partials(shelf) == []  # the older one's are gone as well


def test_a_server_without_ranges_begins_anew(hub: Hub, shelf: Shelf) -> None:
    hub.cut_after = [100_000]
    hub.by_ranges = False
    download(ENTRY, shelf, patience=HASTY)
    assert shelf.path(STORED).read_bytes() == hub.content


def test_a_server_that_falls_silent_is_left(hub: Hub, shelf: Shelf) -> None:
    hub.stall_after = 3 * loopback_hub.PIECE
    hub.content = hub.content[: 7 * loopback_hub.PIECE]
    download(ENTRY, shelf, patience=EASILY_BORED)  # each attempt brings something: it goes on
    assert shelf.path(STORED).read_bytes() == hub.content
    assert len(hub.ranges) > 1


def test_a_server_that_stays_silent_is_given_up(hub: Hub, shelf: Shelf) -> None:
    hub.stall_after = 0
    said = refusal(shelf, patience=EASILY_BORED)
    assert "has fallen silent" in said.what
    assert "are kept" in said.what
    assert len(hub.ranges) == 3


@pytest.mark.parametrize(
    ("status", "words", "remedy"),
    [
        (401, "does not give", "in a browser"),
        (403, "does not give", "in a browser"),
        (404, "has no tiny.gguf", "bases list"),
        (451, "refuses", "Look at"),
        (503, "is busy", "try again"),
    ],
)
def test_a_hub_that_refuses(hub: Hub, shelf: Shelf, status: int, words: str, remedy: str) -> None:
    hub.status = status
    said = refusal(shelf)
    assert words in said.what
    assert str(status) in said.what
    assert remedy in said.remedy


def test_no_network(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    said = refusal(shelf)
    assert "cannot reach 127.0.0.1:9" in said.what
    assert "download tiny.gguf elsewhere" in said.remedy


def test_a_proxy_that_cuts_what_it_passes_on(
    hub: Hub, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's own name is not known here: all that is said goes through the proxy."""
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example")
    monkeypatch.setenv("HTTP_PROXY", hub.url)
    hub.cut_after = [100_000]
    download(ENTRY, shelf, patience=HASTY)
    assert hub.requests[0].startswith("HEAD http://hub.example/ann/tiny-GGUF/resolve/main/")
    assert hub.ranges == ["", "bytes=100000-"]


def test_a_proxy_that_is_not_there(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert "cannot reach hub.example" in refusal(shelf).what


def test_an_endpoint_that_is_no_address(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "hub.example")
    assert "HF_ENDPOINT is no address" in refusal(shelf).what


def test_too_little_space_is_said_before_a_byte_comes(hub: Hub, shelf: Shelf) -> None:
    said = refusal(shelf, replace(ENTRY, sha256=hub.sha256, bytes=1 << 60))
    assert "of free disk" in said.what
    assert hub.sent == 0


def test_a_disk_that_fills_up_keeps_what_came(hub: Hub, shelf: Shelf) -> None:
    """A limit on file sizes in a process of its own: writes fail as on a full disk."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    program = (
        limit
        + PROGRAM.replace("download(find", "try: download(find")
        + ("except Exception as error: print(error)\n")
    )
    done = subprocess.run(
        [sys.executable, "-c", program, NAME, str(shelf.folder)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.stdout.startswith("the disk is full"), done.stdout + done.stderr
    assert "100 kB" in done.stdout
    assert shelf.begun(STORED) == 100_000
    download(ENTRY, shelf)
    assert hub.ranges[-1] == "bytes=100000-"


def test_a_folder_that_cannot_be_written(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MicrotuneError, match="cannot write to"):
        download(ENTRY, Shelf(tmp_path / "file" / "bases"))


def test_a_card_of_another_version_counts_as_nothing_here(hub: Hub, shelf: Shelf) -> None:
    download(ENTRY, shelf)
    (shelf.folder / f"{STORED}.json").write_text(json.dumps({"name": STORED}))
    assert shelf.get(STORED) is None
    assert download(ENTRY, shelf) == shelf.get(STORED)
