"""A real IMAP server on this machine for tests: dovecot with a certificate of its own authority.

It runs as an ordinary user, in a folder of its own, on ports that were free. Every user exists;
one password fits all. Knows nothing of collectors.
"""

import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

PASSWORD = "correct-horse-battery-staple"
SENT = "Outgoing"  # its special use says that it holds sent mail; its name does not
_PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"

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


@dataclass
class Mail:
    """One user's mail on the server: changed as a mail program would, or delivered as files."""

    user: str
    root: Path
    server: "Dovecot"
    _numbers: Iterator[int] = field(default_factory=count)

    def folder(self, name: str = SENT) -> str:
        """Make a folder."""
        with self.client() as client:
            assert client.create(f'"{name}"')[0] == "OK"
        return name

    def deliver(self, message: bytes, folder: str = SENT) -> Path:
        """Add a message as a file, as a mail transport does."""
        number = next(self._numbers)
        name = f"{1_500_000_000 + number}.M{number}P{os.getpid()}.host"
        path = self.root / folder / "tmp" / name
        path.write_bytes(message)
        path.chmod(0o644)
        return path.rename(self.root / folder / "new" / name)

    def renew(self, folder: str = SENT) -> None:
        """Delete a folder and make it again: the server numbers it anew."""
        with self.client() as client:
            assert client.delete(f'"{folder}"')[0] == "OK"
            assert client.create(f'"{folder}"')[0] == "OK"

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4_SSL]:
        """Another mail program of the same user."""
        context = ssl.create_default_context(cafile=self.server.cafile)
        port = self.server.tls
        with imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=context, timeout=20) as client:
            client.login(self.user, PASSWORD)
            yield client

    def url(self, settings: str = "", port: int | None = None, scheme: str = "imaps") -> str:
        """The account as a person adds it."""
        port = port or (self.server.tls if scheme == "imaps" else self.server.starttls)
        trusted = f"/?cafile={self.server.cafile}"
        return f"{scheme}://{self.user}@127.0.0.1:{port}{trusted}{settings}"


@dataclass
class Dovecot:
    """The server. `tls` and `starttls` are its ports, `cafile` the authority to trust."""

    folder: Path
    tls: int
    starttls: int
    owner: pwd.struct_passwd
    _users: Iterator[int] = field(default_factory=count)

    @property
    def cafile(self) -> str:
        return str(self.folder / "ca.pem")

    def mail(self, sent: str = SENT) -> Mail:
        """A new user with a folder for sent mail."""
        user = f"user{next(self._users)}"
        mail = Mail(user, self.folder / "mail" / user, self)
        if sent:
            mail.folder(sent)
        return mail


@contextmanager
def running(further: str = "") -> Iterator[Dovecot]:
    """Start the server; stop it and remove its folder in the end. Skips where it cannot be run.

    `further` is added to its configuration.
    """
    program, openssl = _require("dovecot"), _require("openssl")
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # short: it holds sockets
    try:
        server = Dovecot(folder, *_free_ports(2), owner)
        _certificates(openssl, folder)
        _configure(server, further)
        _own(folder, owner)
        _start(program, folder, owner)
        try:
            _await(server)
            yield server
        finally:
            _stop(folder / "run" / "master.pid")
    finally:
        shutil.rmtree(folder)


def _require(program: str) -> str:
    found = shutil.which(program, path=_PLACES)
    if not found:
        pytest.skip(f"{program} is not installed (Debian: apt-get install dovecot-imapd)")
    if program == "dovecot":
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
        if not said.stdout.startswith("2.3."):
            pytest.skip(f"the configuration here is for dovecot 2.3, not {said.stdout.strip()}")
    return found


def _configure(server: Dovecot, further: str) -> None:
    import grp

    for name in ("mail", "control"):
        (server.folder / name).mkdir()
    text = _CONFIGURATION.format(
        folder=server.folder,
        user=server.owner.pw_name,
        group=grp.getgrgid(server.owner.pw_gid).gr_name,
        password=PASSWORD,
        tls=server.tls,
        starttls=server.starttls,
        sent=SENT,
    )
    (server.folder / "conf").write_text(f"{text}{further}\n")


def _certificates(openssl: str, folder: Path) -> None:
    """An authority, and a certificate of it for 127.0.0.1 (and not for "localhost")."""
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    authority = ("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Authority of a test")
    server = ("-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "server.key", "-out", "server.pem")
    names = ("-subj", "/CN=A server of a test", "-addext", "subjectAltName=IP:127.0.0.1")
    leaf = ("-addext", "basicConstraints=critical,CA:FALSE")
    for arguments in ((*new, *authority), (*new, *server, *names, *leaf)):
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)


def _own(folder: Path, owner: pwd.struct_passwd) -> None:
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)


def _start(program: str, folder: Path, owner: pwd.struct_passwd) -> None:
    """As an ordinary user; it puts itself into the background."""
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    with (folder / "said").open("w") as said:  # no pipe: the server would keep it open
        done = subprocess.run(
            [program, "-c", str(folder / "conf")],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            check=False,
            timeout=30,
            **(as_owner if os.getuid() == 0 else {}),
        )
    assert done.returncode == 0, (folder / "said").read_text()


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _await(server: Dovecot) -> None:
    """Until it answers."""
    end = time.monotonic() + 20
    while True:
        try:
            with socket.create_connection(("127.0.0.1", server.starttls), timeout=5) as line:
                assert line.recv(100).startswith(b"* OK")
                return
        except OSError:
            assert time.monotonic() < end, (server.folder / "log").read_text()
            time.sleep(0.05)


def _stop(pid_file: Path) -> None:
    """SIGTERM to the master process that we started, and wait until it is gone."""
    import psutil

    try:
        master = psutil.Process(int(pid_file.read_text()))
        master.terminate()
        master.wait(20)
    except (OSError, psutil.NoSuchProcess):
        return
