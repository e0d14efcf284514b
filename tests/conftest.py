"""What holds for every test: a home of its own, no network, and nothing left running.

It knows nothing of any one room; fixtures that a single room needs live beside its tests.
"""

import ipaddress
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest

# Before any library reads them: one thread each (spinning threads starve a small machine), and
# no library may so much as look for a network. mlx would have a compiler write kernels into one
# folder for all processes, without a lock, and the tests run in several.
QUIET = {
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
    "MLX_DISABLE_COMPILE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
FOLDERS = {
    "HOME": "user",
    "XDG_DATA_HOME": "user/data",
    "XDG_CONFIG_HOME": "user/config",
    "XDG_CACHE_HOME": "user/cache",
    "XDG_STATE_HOME": "user/state",
    "XDG_RUNTIME_DIR": "user/run",
}
GRACE_S = 60.0  # how long a thread or child that was told to stop may take on a busy machine

_refused: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    os.environ.update(QUIET)
    hypothesis.settings.register_profile("microtune", deadline=None)  # machines are busy
    hypothesis.settings.load_profile("microtune")
    sys.addaudithook(_refuse_outside)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """MICROTUNE_HOME, HOME and the XDG folders in `tmp_path`; the home is not created yet."""
    for name, folder in FOLDERS.items():
        (tmp_path / folder).mkdir(mode=0o700, exist_ok=True)
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("MICROTUNE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fails a test that leaves a thread or a child process behind."""
    threads, children = set(threading.enumerate()), set(_children())
    yield
    _wait_until(lambda: not _new_threads(threads) and not _new_children(children))
    left = [f"thread {t.name}" for t in _new_threads(threads)]
    left += [f"process {child.pid}" for child in _new_children(children)]
    assert not left, f"left running: {', '.join(left)}"


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fails a test that tried to leave this machine, even if a library swallowed the refusal."""
    _refused.clear()
    yield
    assert not _refused, f"reached for the network: {', '.join(_refused)}"


def _refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook, because it also sees sockets that are opened from C."""
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"):
        sock, address = arguments[0], arguments[1]
        if not isinstance(sock, socket.SocketType) or not isinstance(address, tuple):
            return  # AF_UNIX: the address is a path
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            return
        host = address[0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        _refused.append(f"{event} {host!r}")
        raise RuntimeError(f"a test may not reach the network ({event} {host!r})")


def _is_here(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is None or name == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


def _children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def _new_children(before: set[psutil.Process]) -> list[psutil.Process]:
    return [child for child in _children() if child not in before and not _by_design(child)]


def _by_design(child: psutil.Process) -> bool:
    """multiprocessing keeps one tracker for the whole session."""
    try:
        return any("resource_tracker" in word for word in child.cmdline())
    except psutil.Error:
        return True  # gone meanwhile


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before and type(thread).__name__ != "TMonitor"  # tqdm's, one a session
    ]


def _wait_until(quiet: Callable[[], bool]) -> None:
    end = time.monotonic() + GRACE_S
    while not quiet() and time.monotonic() < end:
        time.sleep(0.02)
