"""A notification on the desktop, where there is one. Knows nothing of what is announced."""

import json
import shutil
import subprocess
import sys

PATIENCE_S = 5.0


def notify(line: str) -> None:
    """Show the line; silently nothing where the system has no such thing."""
    command = _command(line)
    if not command or not shutil.which(command[0]):
        return
    try:
        subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return


def _command(line: str) -> list[str]:
    if sys.platform == "darwin":
        words = json.dumps(line, ensure_ascii=False)  # AppleScript quotes as JSON does
        return ["osascript", "-e", f'display notification {words} with title "microtune"']
    return ["notify-send", "--app-name=microtune", "microtune", line]
