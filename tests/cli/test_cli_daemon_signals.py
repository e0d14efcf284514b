"""Whoever sees the daemon's lock may send it a signal: it can take one from then on."""

from tests.cli.residents import daemon, gone, terminated, until
from tests.cli.running import start

HUNG_UP_AT_ONCE = """
import contextlib, os, signal
import microtune_tui.commands.daemon as commands
take = commands.only_daemon
@contextlib.contextmanager
def take_and_hang_up(home):
    with take(home):
        os.kill(os.getpid(), signal.SIGHUP)
        yield
commands.only_daemon = take_and_hang_up
"""


def test_a_daemon_that_is_told_to_reload_as_soon_as_it_has_its_lock_lives_on() -> None:
    with start("daemon", "run", before=HUNG_UP_AT_ONCE) as process:
        try:
            until(lambda: gone(process.pid) or daemon()["state"] == "watching", "its start")
            assert process.poll() is None
            assert "stopped" in terminated(process)
        finally:
            process.kill()
