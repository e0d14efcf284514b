"""The newest download of a home as `status` shows it, for as long as it matters."""

from microtune_adapters.download_state import Download
from microtune_tui.output import minutes
from microtune_tui.wiring import Wiring


def newest_download(wiring: Wiring) -> Download | None:
    """The newest one; None where there was none, or where its base is the one in use."""
    found = Download.load(wiring.home)
    if found is None or found.state != "done":
        return found
    settings = wiring.chosen()
    path = str(wiring.home.bases / f"{found.name}.gguf")
    return None if settings and settings.base_path == path else found


def download_lines(found: Download | None) -> list[str]:
    """One line, or none."""
    if found is None:
        return []
    if found.state == "done":
        return [f"Download: {found.name} is here: microtune init --base {found.asked}"]
    again = f"`microtune bases download {found.asked}` goes on"
    if found.state == "failed":
        return [f"Download: {found.name} failed: {found.line}"]
    if found.state == "stopped":
        return [f"Download: {found.name} stopped at {found.percent} %; {again}"]
    left = f", {minutes(found.seconds_left)} left" if found.seconds_left is not None else ""
    what = "being verified" if found.state == "verifying" else f"{found.percent} %{left}"
    return [f"Download: {found.name}, {what}"]
