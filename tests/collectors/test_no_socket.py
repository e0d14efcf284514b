"""No socket opens outside a command that names a network source."""

import json
import subprocess
import sys
from pathlib import Path

from letters import ME, mail, write_mbox

from tests.house.files import ROOMS

# Notes every socket that is made and every name that is looked up, from C too.
WATCHED = """
import json, sys
seen = []
sys.addaudithook(lambda event, _: event.startswith("socket.") and seen.append(event))
"""
READ_ALL = """
import importlib, pkgutil
import microtune_collectors, microtune_tui.cli
for module in pkgutil.iter_modules(microtune_collectors.__path__):
    if module.name not in LAZY:
        importlib.import_module(f"microtune_collectors.{module.name}")
from microtune.words import Source
from microtune_collectors.registry import open_collector, open_source
found = 0
for place in sys.argv[1:]:
    source = open_source(place, me=(ME,))
    found += sum(hasattr(item, "text") for item in open_collector(source).collect({}))
collector = open_collector(open_source("imaps://ann@example.org@127.0.0.1:9"))
network = [name for name in ("imaplib", "imap_tools", "keyring") if name in sys.modules]
print(json.dumps([found, network, seen]))
"""
CONNECT = """
import socket
try:
    socket.create_connection(("127.0.0.1", 9), timeout=1).close()
except OSError:
    pass
print(json.dumps(seen))
"""


def told(program: str, *arguments: object) -> object:
    path = ":".join(str(folder.parent) for folder in ROOMS.values())
    done = subprocess.run(
        [sys.executable, "-c", WATCHED + program, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": path},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_importing_and_collecting_other_sources_opens_none(tmp_path: Path) -> None:
    for folder in ("Maildir/cur", "Maildir/new", "Maildir/tmp", "texts"):
        (tmp_path / folder).mkdir(parents=True)
    message = mail("one", "Words.").as_bytes()
    (tmp_path / "Maildir" / "cur" / "1.host:2,S").write_bytes(message)
    (tmp_path / "one.eml").write_bytes(message)
    (tmp_path / "texts" / "note.md").write_text("Words.")
    write_mbox(tmp_path / "sent.mbox", {"one": message})
    places = [tmp_path / name for name in ("Maildir", "one.eml", "texts", "sent.mbox")]
    lazy = f"ME = {ME!r}; LAZY = {{'imap_starttls'}}\n"  # the one that imports imap_tools at once
    assert told(lazy + READ_ALL, *places) == [4, [], []]


def test_a_socket_would_be_seen() -> None:
    assert "socket.connect" in told(CONNECT)
