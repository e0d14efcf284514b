"""`daemon install`, `uninstall`, `settings`, `pause` and `resume`: what they write and say."""

import os
import plistlib
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import facts, run

HERE = "macos" if sys.platform == "darwin" else "linux"


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemctl and a launchctl that write down what they are asked; returns their log."""
    log, folder = tmp_path / "asked", tmp_path / "bin"
    folder.mkdir()
    for name in ("systemctl", "launchctl"):
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "{name} $@" >> "{log}"\n')
        program.chmod(0o755)
    log.touch()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


@pytest.fixture
def no_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No service manager can be called."""
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def installed() -> list[Path]:
    user = Path(os.environ["HOME"])
    folders = (user / "config" / "systemd", user / "Library")
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("platform", ["linux", "macos"])
def test_a_dry_run_shows_the_service_and_writes_nothing(platform: str, own_home: Path) -> None:
    out = run("daemon", "install", "--dry-run", "--platform", platform).out
    for word in (sys.executable, "microtune_tui", "daemon", "run", str(own_home)):
        assert word in out
    assert "Nothing was written." in out
    assert installed() == []
    assert not own_home.exists()


def test_the_unit_is_the_last_in_every_queue_and_may_write_nowhere_else(own_home: Path) -> None:
    said = facts("daemon", "install", "--dry-run", "--platform", "linux")
    lines = said["text"].splitlines()
    assert {"Nice=19", "IOSchedulingClass=idle", "CPUWeight=idle", "KillMode=mixed"} <= {*lines}
    assert {"ProtectHome=read-only", f"ReadWritePaths=-{own_home}"} <= {*lines}
    assert Path(said["path"]).parts[-3:-1] == ("systemd", "user")


def test_the_agent_is_a_background_process() -> None:
    said = facts("daemon", "install", "--dry-run", "--platform", "macos")
    agent = plistlib.loads(said["text"].encode())
    assert agent["ProcessType"] == "Background"
    assert agent["LowPriorityIO"] is True
    assert agent["Nice"] == 19
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert agent["ProgramArguments"][:3] == [sys.executable, "-m", "microtune_tui"]
    assert Path(said["path"]).parts[-3:-1] == ("Library", "LaunchAgents")
    assert Path(said["path"]).stem == agent["Label"]


AGENT_KEYS: dict[str, type] = {  # as launchd.plist(5) of macOS has them
    "Label": str,
    "ProgramArguments": list,
    "RunAtLoad": bool,
    "KeepAlive": dict,
    "ThrottleInterval": int,
    "ExitTimeOut": int,
    "ProcessType": str,
    "LowPriorityIO": bool,
    "LowPriorityBackgroundIO": bool,
    "Nice": int,
    "Umask": int,
    "StandardOutPath": str,
    "StandardErrorPath": str,
}


@pytest.mark.parametrize("name", ["plain", "with space", 'quote"and%percent', "<&> ü"])
def test_the_agent_has_no_key_that_launchd_does_not_know(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    said = facts("daemon", "install", "--dry-run", "--platform", "macos", "--home", home)
    agent = plistlib.loads(said["text"].encode(), fmt=plistlib.FMT_XML)
    assert {key: type(value) for key, value in agent.items()} == AGENT_KEYS
    assert agent["ProgramArguments"][-2:] == ["--home", str(home)]
    assert all(isinstance(word, str) for word in agent["ProgramArguments"])
    assert all(Path(agent[key]).is_absolute() for key in ("StandardOutPath", "StandardErrorPath"))
    assert agent["Umask"] == 63  # 077: property lists know no octal numbers


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
@pytest.mark.parametrize("name", ["plain", "with space", 'quote"and%percent', "dollar$HOME"])
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    said = facts("daemon", "install", "--dry-run", "--platform", "linux", "--home", home)
    unit = tmp_path / Path(said["path"]).name
    unit.write_text(said["text"])
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    told = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, told) == (0, [])


def test_homes_have_services_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {
        facts("daemon", "install", "--dry-run", "--home", tmp_path / name)["path"]
        for name in ("one", "other")
    }
    monkeypatch.delenv("MICROTUNE_HOME")
    paths.add(usual := facts("daemon", "install", "--dry-run")["path"])
    assert len(paths) == 3
    assert Path(usual).stem.endswith("microtune")


def test_it_is_shown_written_started_and_leaves_nothing_behind(manager: Path) -> None:
    ran = run("daemon", "install", "--yes")
    assert (ran.code, ran.err) == (0, "")
    (path,) = installed()
    assert path.read_text() in ran.out
    assert ran.out.endswith("Installed and started.\n")
    assert stat.S_IMODE(path.stat().st_mode) & 0o022 == 0
    assert ("enable --now" in manager.read_text()) or ("bootstrap" in manager.read_text())
    before = manager.read_text()
    assert facts("daemon", "uninstall")["removed"] is True
    assert installed() == []
    after = manager.read_text().removeprefix(before)
    assert ("disable --now" in after) or ("bootout" in after)
    assert facts("daemon", "uninstall")["removed"] is False


def test_without_a_service_manager_one_line_says_what_to_run(no_manager: None) -> None:
    lines = run("daemon", "install").out.splitlines()
    assert lines[-1].startswith("Installed. To start it, run in your own session: ")
    assert "microtune" in lines[-1]
    assert len(installed()) == 1
    assert facts("daemon", "uninstall")["removed"] is True
    assert installed() == []


def test_a_service_of_another_platform_is_only_shown() -> None:
    other = "linux" if HERE == "macos" else "macos"
    assert "--dry-run" in run("daemon", "install", "--platform", other, "--json").reason
    assert installed() == []


def test_a_folder_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    if HERE == "linux":
        assert "cannot write" in run("daemon", "install", "--json").reason


# Settings and pausing, with no daemon running


def test_settings_are_shown_and_changed() -> None:
    assert "new_words=2000" in run("daemon", "settings").out.splitlines()
    said = facts("daemon", "settings", "quiet_hours=22:00-07:00", "idle_load=1.5")
    assert said["quiet_hours"] == "22:00-07:00"
    assert facts("daemon", "settings") == said
    assert "quiet are 22:00-07:00" in run("daemon", "status").out


@pytest.mark.parametrize("value", ["quiet_hours=late", "new_words", "speed=9", "minutes=0"])
def test_a_setting_that_means_nothing_is_refused(value: str) -> None:
    before = facts("daemon", "settings")
    assert "daemon settings" in run("daemon", "settings", value).reason
    assert facts("daemon", "settings") == before


def test_without_a_daemon_status_says_so_and_why_nothing_would_be_trained() -> None:
    said = facts("daemon", "status")
    assert (said["state"], said["last_run"], said["rss_mb"]) == ("not running", None, None)
    conditions = {one["name"]: one for one in said["conditions"]}
    assert conditions["something new"]["met"] is False
    assert "microtune init" in conditions["something new"]["words"]
    assert facts("status")["daemon"] == "not running"
    assert "-> something new" in run("daemon", "status").out
    assert "daemon install" in run("status").out


def test_a_pause_lasts_until_it_is_over() -> None:
    assert facts("daemon", "pause") == {"paused": True}
    assert facts("daemon", "status")["state"] == "paused"
    assert facts("status")["daemon"] == "paused"
    assert facts("daemon", "resume") == {"paused": False, "running": False}
    assert facts("daemon", "status")["state"] == "not running"
    assert "daemon install" in run("daemon", "resume").out
