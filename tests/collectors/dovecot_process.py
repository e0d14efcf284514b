"""Starts and ends a dovecot for tests: its configuration, its certificates, its process.

It runs as an ordinary user in a folder of its own, and ends with the process that started it, even
if that one is killed. Knows nothing of mail.
"""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
_PATIENCE_S = 20.0

# A shell stays behind that holds the other end of a pipe of ours. Whatever ends us closes the pipe,
# and it ends the server and removes its folder. In the background, so as to be no child of a test.
_START = """
exec 3<&0
"$1" -c "$2/conf" </dev/null >"$2/said" 2>&1 3<&- || exit 1
(
  read -r _ <&3
  kill "$(cat "$2/run/master.pid")"
  for _ in $(seq 100); do [ -e "$2/run/master.pid" ] && sleep 0.1; done
  rm -rf "$2"
) >/dev/null 2>&1 &
"""

_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u:LAYOUT=fs:CONTROL={folder}/control/%u:INDEX=MEMORY
auth_failure_delay = 0
login_trusted_networks =
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
ssl_min_protocol = TLSv1.2
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  mailbox {sent} {{
    special_use = \\Sent
  }}
}}
"""


@dataclass(frozen=True)
class Place:
    """Where a server runs, as whom, and its ports for TLS from the start and for STARTTLS."""

    folder: Path
    owner: pwd.struct_passwd
    tls: int
    starttls: int


@contextmanager
def started(password: str, sent: str, further: str) -> Iterator[Place]:
    """A server that answers. Every user exists, with this password.

    `sent`: the folder whose special use is sent mail; `further` is added to the configuration.
    Skips the test where dovecot cannot be run.
    """
    program, openssl = _require("dovecot"), _require("openssl")
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # short: it holds sockets
    place = Place(folder, owner, *_free_ports(2))
    _certificates(openssl, folder)
    _configure(place, password, sent, further)
    lifeline = _start(program, place)
    try:
        _await(place)
        yield place
    finally:
        os.close(lifeline)
        _until(lambda: not folder.exists())


def _require(program: str) -> str:
    found = shutil.which(program, path=_PLACES)
    if not found:
        pytest.skip(f"{program} is not installed (Debian: apt-get install dovecot-imapd)")
    if program == "dovecot":
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
        if not said.stdout.startswith("2.3."):
            pytest.skip(f"the configuration here is for dovecot 2.3, not {said.stdout.strip()}")
    return found


def _configure(place: Place, password: str, sent: str, further: str) -> None:
    for name in ("mail", "control"):
        (place.folder / name).mkdir()
    text = _CONFIGURATION.format(
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


def _start(program: str, place: Place) -> int:
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
    assert done.returncode == 0, (place.folder / "said").read_text()
    return lifeline


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _await(place: Place) -> None:
    """Until it answers, so that what ends it finds its process id in its folder."""

    def answers() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", place.starttls), timeout=5) as line:
                return line.recv(100).startswith(b"* OK")
        except OSError:
            return False

    _until(answers)


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not done():
        assert time.monotonic() < end, "dovecot neither answers nor ends"
        time.sleep(0.05)
