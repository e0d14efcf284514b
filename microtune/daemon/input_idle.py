"""How long nobody has touched keyboard or pointer, where the system tells.

Linux: logind's idle hint, which desktops set after a while without input and terminals keep by
themselves. macOS: HIDIdleTime of the I/O registry.
"""

import re
import subprocess
import sys
import time
from collections.abc import Sequence

ASK_S = 2.0  # a system that takes longer to answer does not tell
SILENT_S = 300.0  # until one that did not tell is asked again
_LOGIND = ("loginctl", "show-session", "-p", "IdleHint", "-p", "IdleSinceHintMonotonic")
_REGISTRY = ("ioreg", "-c", "IOHIDSystem", "-d", "4", "-r")
_HID_IDLE = re.compile(r'"HIDIdleTime" = (\d+)')


class InputIdle:
    """Asks the system; one that could not answer is left alone for a while."""

    def __init__(self) -> None:
        self._ask_from = 0.0

    def seconds(self) -> float | None:
        """Seconds since the last input; None where nobody can tell."""
        if time.monotonic() < self._ask_from:
            return None
        found = _of_macos() if sys.platform == "darwin" else _of_logind()
        if found is None:
            self._ask_from = time.monotonic() + SILENT_S
        return found


def _of_macos() -> float | None:
    found = _HID_IDLE.search(_said(_REGISTRY))
    return int(found[1]) / 1e9 if found else None


def _of_logind() -> float | None:
    return idle_seconds(_said(_LOGIND), time.monotonic())


def idle_seconds(properties: str, monotonic_s: float) -> float | None:
    """What the lines "IdleHint=…" and "IdleSinceHintMonotonic=…" (microseconds) say."""
    values = dict(line.split("=", 1) for line in properties.splitlines() if "=" in line)
    if values.get("IdleHint") == "no":
        return 0.0
    since = values.get("IdleSinceHintMonotonic", "")
    if values.get("IdleHint") != "yes" or not since.isdigit():
        return None
    return max(0.0, monotonic_s - int(since) / 1e6)


def _said(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_S, check=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout
