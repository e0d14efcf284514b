"""The net under every test holds: home, network, threads and children."""

import os
import re
import socket
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
HOLDS = Path(__file__).parents[1] / "conftest.py"


def test_the_home_is_in_the_temporary_folder(tmp_path: Path) -> None:
    assert Path(os.environ["MICROTUNE_HOME"]) == tmp_path / "home"
    assert Path.home().is_relative_to(tmp_path)


def test_loopback_is_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


MISBEHAVIOURS = {
    "left running: thread": """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()""",
    "left running: process": """
        import subprocess
        subprocess.Popen(["sleep", "60"])""",
    "may not reach the network": """
        import socket
        with socket.socket() as outside:
            outside.connect(("192.0.2.1", 9))""",
    "reached for the network": """
        import socket
        try:
            socket.getaddrinfo("example.invalid", 9)
        except RuntimeError:
            pass""",
}


def test_each_test_that_misbehaves_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in one process, whose patience is short: what is left running here does not end."""
    monkeypatch.setenv("COLUMNS", "300")  # a line of the summary is cut to them
    pytester.makeconftest(re.sub("(?m)^GRACE_S = .*$", "GRACE_S = 0.5", HOLDS.read_text()))
    bodies = enumerate(MISBEHAVIOURS.values())
    pytester.makepyfile("\n".join(f"    def test_{n}():{body}" for n, body in bodies))
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rfE")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    summary = result.stdout.str().partition("short test summary info")[2].splitlines()
    for number, complaint in enumerate(MISBEHAVIOURS):
        assert any(f"::test_{number} " in line and complaint in line for line in summary), summary
