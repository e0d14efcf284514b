"""Nothing committed names a place on one machine or the host of a package registry."""

import re
from pathlib import Path

import pytest

from tests.house.files import ROOT, kept_files

# In pieces, so that this file passes its own test.
FOLDERS = ["work", "root", r"home/[a-z]\w*", "opt/pypi", "opt/wheels"]
FOLDER = re.compile(r"(?<![\w./~$})>-])/" + f"({'|'.join(FOLDERS)})" + r"(?![\w-])")
FILE_URL = re.compile("file:" + r"///?(opt|work|root|home|tmp)\b")
HOSTS = ["pypi" + ".org", "files.python" + "hosted.org", "deb." + "debian.org"]
HOSTS += ["registry." + "npmjs.org"]
HOST = re.compile("|".join(map(re.escape, HOSTS)))


def findings(text: str) -> list[str]:
    return [found[0] for rule in (FOLDER, FILE_URL, HOST) for found in rule.finditer(text)]


def text_of(path: Path) -> str:
    """The file's text; "" for a binary one."""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", "replace")


def test_no_kept_file_names_a_place_on_this_machine_or_a_registry() -> None:
    files = kept_files()
    assert ROOT / "README.md" in files
    found = {path.relative_to(ROOT).as_posix(): findings(text_of(path)) for path in files}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "text",
    [
        "see /" + "work/main",
        '"/' + 'root"',
        "cd /" + "home/ada/letters",
        "file:" + "///" + "opt/pypi/simple",
        "https://" + "pypi" + ".org/simple",
    ],
)
def test_such_places_are_found(text: str) -> None:
    assert findings(text)


@pytest.mark.parametrize(
    "text", ["paper/work", "$HOME/root", "/workshop", "https://a.example/work"]
)
def test_others_are_left_alone(text: str) -> None:
    assert not findings(text)
