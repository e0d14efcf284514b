"""Starts and ends a dovecot for tests: its certificates, its keys, its process.

It runs as an ordinary user in a folder of its own, and ends with the process that started it, even
if that one is killed. Knows nothing of mail.
"""

import grp
import imaplib
import os
import pwd
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from dovecot_configuration import PROVEN, TOKENS_2_3, WRITTEN, configuration

_PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
_PATIENCE_S = 60.0

# A shell stays behind that holds the other end of a pipe of ours. Whatever ends us closes the pipe,
# and it ends the server and removes its folder. In the background, so as to be no child of a test.
_START = """
exec 3<&0
"$1" -c "$2/conf" </dev/null >"$2/said" 2>&1 3<&- || exit 1
(
  read -r _ <&3
  kill "$(cat "$2/run/master.pid")"
  for _ in $(seq 500); do [ -e "$2/run/master.pid" ] && sleep 0.1; done
  rm -rf "$2"
) >/dev/null 2>&1 &
"""


@dataclass(frozen=True)
class Place:
    """Where a server runs, as whom, and its ports for TLS from the start and for STARTTLS.

    `key`: what access tokens are signed with.
    """

    folder: Path
    owner: pwd.struct_passwd
    key: bytes
    tls: int
    starttls: int


@contextmanager
def started(password: str, sent: str, further: str) -> Iterator[Place]:
    """A server that answers. Every user exists, with this password.

    `sent`: the folder whose special use is sent mail; `further` is added to the configuration.
    Skips the test where dovecot cannot be run.
    """
    program, openssl = _require("dovecot"), _require("openssl")
    version = _version(program)
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # short: it holds sockets
    place = Place(folder, owner, secrets.token_bytes(32), *_free_ports(2))
    _certificates(openssl, folder)
    _configure(place, version, password, sent, further)
    lifeline = _start(program, place, version)
    try:
        _await(place, version, password)
        yield place
    finally:
        os.close(lifeline)
        _until(lambda: not folder.exists())


def _require(program: str) -> str:
    found = shutil.which(program, path=_PLACES)
    if not found:
        pytest.skip(f"{program} is not installed (Debian: apt-get install dovecot-imapd)")
    return found


def _version(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    version = said.stdout.strip()
    if not version.startswith(WRITTEN):
        pytest.skip(f"there is no configuration here for dovecot {version}")
    return version


def _configure(place: Place, version: str, password: str, sent: str, further: str) -> None:
    keys = place.folder / "keys" / "default" / "HS256"
    for folder in (place.folder / "mail", place.folder / "control", keys):
        folder.mkdir(parents=True)
    (keys / "default").write_bytes(b64encode(place.key))
    (place.folder / "tokens.conf").write_text(TOKENS_2_3.format(folder=place.folder))
    text = configuration(
        version,
        folder=place.folder,
        user=place.owner.pw_name,
        group=grp.getgrgid(place.owner.pw_gid).gr_name,
        password=password,
        tls=place.tls,
        starttls=place.starttls,
        sent=sent,
    )
    (place.folder / "conf").write_text(f"{text}{further}\n")


def _certificates(openssl: str, folder: Path) -> None:
    """An authority, and a certificate of it for 127.0.0.1 (and not for "localhost")."""
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    authority = ("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Authority of a test")
    server = ("-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "server.key", "-out", "server.pem")
    names = ("-subj", "/CN=A server of a test", "-addext", "subjectAltName=IP:127.0.0.1")
    leaf = ("-addext", "basicConstraints=critical,CA:FALSE")
    for arguments in ((*new, *authority), (*new, *server, *names, *leaf)):
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)


def _start(program: str, place: Place, version: str) -> int:
    """Returns the end of the pipe that keeps the server alive while it is open."""
    user, group = place.owner.pw_uid, place.owner.pw_gid
    as_owner = {"user": user, "group": group, "extra_groups": []} if os.getuid() == 0 else {}
    for path in (place.folder, *place.folder.rglob("*")):
        os.chown(path, user, group)
    watched, lifeline = os.pipe()
    command = ["sh", "-c", _START, "sh", program, str(place.folder)]
    done = subprocess.run(
        command,
        stdin=watched,
        check=False,
        timeout=_PATIENCE_S,
        start_new_session=True,  # what is sent to our process group does not reach the shell
        **as_owner,
    )
    os.close(watched)
    if done.returncode != 0:
        os.close(lifeline)
        _fail(version, "does not start", (place.folder / "said").read_text())
    return lifeline


def _fail(version: str, what: str, said: str) -> NoReturn:
    """A failure where it has worked before, else a skip that names the reason."""
    reason = f"dovecot {version} {what}: {' '.join(said.split())}"
    if version.startswith(PROVEN):
        pytest.fail(reason)
    pytest.skip(f"{reason} (its configuration here was never run)")


def _free_ports(number: int) -> list[int]:
    """Below those that systems give to whoever connects, so that none goes before it is taken."""
    free: set[int] = set()
    while len(free) < number:
        port = 20_000 + secrets.randbelow(12_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            free.add(port)
    return list(free)


def _await(place: Place, version: str, password: str) -> None:
    """Until it answers, so that what ends it finds its process id in its folder; then log in."""

    def answers() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", place.starttls), timeout=5) as line:
                return line.recv(100).startswith(b"* OK")
        except OSError:
            return False

    _until(answers)
    context = ssl.create_default_context(cafile=place.folder / "ca.pem")
    try:
        with imaplib.IMAP4_SSL("127.0.0.1", place.tls, ssl_context=context, timeout=60) as client:
            client.login("nobody-in-particular", password)
    except (imaplib.IMAP4.error, OSError) as error:
        _fail(version, "does not serve", f"{error}\n{(place.folder / 'log').read_text()[-1000:]}")


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not done():
        assert time.monotonic() < end, "dovecot neither answers nor ends"
        time.sleep(0.05)
