"""Exclusions: as git reads the same patterns, and over everything that a collector may find."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microtune.words import Excluded, Found, Source
from microtune_collectors.guard import guarded
from microtune_collectors.ignore import IGNORE_FILE, Rules, is_pattern
from microtune_collectors.memory import MemoryCollector
from microtune_collectors.registry import open_collector
from microtune_collectors.walk import File, files
from tests.collectors.collector_contract import gather
from tests.collectors.letters import ME, mail, write_mbox
from tests.microtune.invented import letter

TREE = ("a.txt", "b.md", "x/a.txt", "x/b.md", "x/y/a.txt", "x/y/c d.txt", "z/a.txt", "z/x/b.md")
FOLDERS = ("", "x", "x/y")


def grow(root: Path) -> Path:
    for place in TREE:
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(place)
    return root


def visible(root: Path, *exclusions: str) -> set[str]:
    rules = Rules(root, exclusions)
    return {file.place for file in files(root, rules=rules) if isinstance(file, File)}


PARTS = st.sampled_from(
    ["a.txt", "b.md", "x", "y", "z", "*", "**", "*.txt", "?.md", "[a-c].*", "c d.txt", "[!a].md"]
)
PATTERNS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "", "", "!", "\\", "#"]),
        st.sampled_from(["", "", "/"]),
        st.lists(PARTS, min_size=1, max_size=3).map("/".join),
        st.sampled_from(["", "", "/", " ", "/**"]),
    ),
)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.fixed_dictionaries({f: st.lists(PATTERNS, max_size=4) for f in FOLDERS}))
def test_ignore_files_mean_what_they_mean_to_git(
    tmp_path: Path, written: dict[str, list[str]]
) -> None:
    root = tmp_path / "tree"
    if not root.exists():
        subprocess.run(["git", "init", "-q", grow(root)], check=True)
    for folder, lines in written.items():
        (root / folder / IGNORE_FILE).write_text("\n".join(lines))
    command = ["git", "ls-files", "-z", "--others", f"--exclude-per-directory={IGNORE_FILE}"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    places = {place for place in listed.split("\0") if place and not place.endswith(IGNORE_FILE)}
    assert visible(root) == places


@pytest.mark.parametrize(
    ("lines", "hidden"),
    [
        ("y\n!y/**", {"x/y/a.txt", "x/y/c d.txt"}),  # what is in it does not bring y back
        ("y/**\n!y/a.txt", {"x/y/c d.txt"}),  # y itself was not excluded
        ("y/**\n!y/", {"x/y/a.txt", "x/y/c d.txt"}),
        ("y/\n!/y", set()),
    ],
)
def test_a_folder_and_what_is_in_it_are_told_apart(
    tmp_path: Path, lines: str, hidden: set[str]
) -> None:
    root = grow(tmp_path / "tree")
    (root / "x" / IGNORE_FILE).write_text(lines)
    assert visible(root) == set(TREE) - hidden


def test_a_nearer_file_decides_and_may_include_again(tmp_path: Path) -> None:
    root = grow(tmp_path / "tree")
    (root / IGNORE_FILE).write_text("*.txt\n")
    (root / "x" / IGNORE_FILE).write_text("!a.txt\ny/\n")
    assert visible(root) == {"b.md", "x/a.txt", "x/b.md", "z/x/b.md"}


def test_patterns_for_all_sources_win_over_an_inclusion(tmp_path: Path) -> None:
    root = grow(tmp_path / "tree")
    (root / IGNORE_FILE).write_text("!a.txt\n")
    assert visible(root, "a.txt", "/nowhere/b.md") == {"b.md", "x/b.md", "x/y/c d.txt", "z/x/b.md"}
    assert visible(root, f"{root.as_posix()}/x/") == {"a.txt", "b.md", "z/a.txt", "z/x/b.md"}


def test_a_home_folder_is_written_out(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = grow(Path.home() / "notes")
    assert visible(root, "~/notes/x") == {"a.txt", "b.md", "z/a.txt", "z/x/b.md"}


def test_what_is_no_pattern_costs_the_others_nothing(tmp_path: Path) -> None:
    root = grow(tmp_path / "tree")
    (root / IGNORE_FILE).write_bytes(b"\xef\xbb\xbfx/\r\n!\n\xff\xfe\nz\n")
    assert visible(root) == {"a.txt", "b.md"}
    assert not is_pattern("!")
    assert not is_pattern("# private")
    assert is_pattern("private/")


def test_an_ignore_file_that_cannot_be_read_excludes_all(tmp_path: Path) -> None:
    root = grow(tmp_path / "tree")
    (root / "x" / IGNORE_FILE).mkdir()
    assert visible(root) == {"a.txt", "b.md", "z/a.txt", "z/x/b.md"}


def test_a_source_below_an_excluded_folder_is_not_opened(tmp_path: Path) -> None:
    root = grow(tmp_path / "private" / "notes")
    for place in (root, root / "a.txt"):
        result = gather(open_collector(Source("folder", str(place)), ["private/"]).collect({}))
        assert (result.found, result.skipped) == ([], [Excluded("")])


def test_a_collector_that_knows_no_rules_is_held_to_them(tmp_path: Path) -> None:
    (tmp_path / IGNORE_FILE).write_text("x/\nSent.mbox\n")
    source = Source("folder", str(tmp_path))
    items = [Found("x/a.txt", "A."), Found("b.txt", "B."), Found("Sent.mbox#<1>", "C.", "mail")]
    result = gather(guarded(MemoryCollector(source, items), Rules(tmp_path)).collect({}))
    assert result.texts == {"B."}
    assert "x/a.txt" not in result.marks
    assert [skip.place for skip in result.skipped] == ["x", "Sent.mbox"]


def test_mailboxes_in_a_folder_are_excluded_as_files_are(tmp_path: Path) -> None:
    message = mail("one", letter(1)).as_bytes()
    write_mbox(tmp_path / "Sent.mbox", {"one": message})
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / ".Sent" / folder).mkdir(parents=True)
        (tmp_path / "Maildir" / folder).mkdir()
    (tmp_path / "Maildir" / ".Sent" / "new" / "1.host").write_bytes(message)
    source = Source("folder", str(tmp_path), (ME,))
    first = gather(open_collector(source).collect({}))
    assert len(first.found) == 2
    (tmp_path / IGNORE_FILE).write_text("Sent.mbox\n.Sent/\n")
    second = gather(open_collector(source).collect(first.marks))
    assert {skip.place for skip in second.skipped} == {"Sent.mbox", "Maildir/.Sent"}
    assert gather(open_collector(source).collect({})).found == []
