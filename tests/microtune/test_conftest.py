"""The net under every test holds: home, network, threads and children."""

import os
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
        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()""",
    "left running: process": """
        import subprocess
        subprocess.Popen(["sleep", "9"])""",
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


@pytest.mark.parametrize("complaint", MISBEHAVIOURS)
def test_a_test_that_misbehaves_fails(pytester: pytest.Pytester, complaint: str) -> None:
    pytester.makeconftest(HOLDS.read_text())
    pytester.makepyfile(f"    def test_it():{MISBEHAVIOURS[complaint]}\n")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert complaint in result.stdout.str()
