"""From what a person types as a base to a file: pocket, a path, or a name of the catalogue.

A name of the catalogue is downloaded first where it is not here yet. Nothing else reaches for a
network: a path that is mistyped stays a path.
"""

from microtune.settings import POCKET
from microtune_adapters.catalogue import known
from microtune_adapters.downloaded import Downloaded, Shelf
from microtune_adapters.downloading import Transfer, megabytes
from microtune_adapters.gguf_inspect import BaseFile, Report
from microtune_tui import downloads
from microtune_tui.output import Output, minutes
from microtune_tui.wiring import Wiring


def choose(wiring: Wiring, output: Output, name: str) -> BaseFile:
    """Verify the base that `name` means and write it into the settings.

    Raises `MicrotuneError`, and `Interrupted` where a download was stopped.
    """
    entry = known(name)
    found = fetched(wiring, output, name) if entry and not entry.packaged else None
    with output.progress("Verifying the base") as bar:
        if found:
            return choose_kept(wiring, found, bar.update)
        return wiring.choose_base(POCKET if entry else name, bar.update)


def choose_kept(wiring: Wiring, card: Downloaded, report: Report | None = None) -> BaseFile:
    """The same for a base that was downloaded: `card` is from its shelf. Opens no connection."""
    path = Shelf(wiring.home.bases).path(card.name)
    return wiring.choose_base(str(path), report, card.sha256)


def fetched(wiring: Wiring, output: Output, name: str) -> Downloaded:
    """The base of the catalogue called `name`, downloaded if it is not here."""
    entry = known(name)
    assert entry
    with output.progress(f"Downloading {entry.name}") as bar:

        def tell(transfer: Transfer) -> None:
            if transfer.stage == "verifying" and not bar.title.startswith("Verifying"):
                bar.retitle(f"Verifying {entry.name}")
            bar.update(transfer.done, transfer.total, note(transfer))

        return downloads.in_front(wiring.home, entry, name, tell)


def note(transfer: Transfer) -> str:
    """ "212 MB of 640 MB, 8.1 MB/s, 0:53 left"."""
    words = [f"{megabytes(transfer.done)} of {megabytes(transfer.total)}"]
    if transfer.bytes_per_s:
        words.append(f"{transfer.bytes_per_s / 1e6:.1f} MB/s")
    if transfer.seconds_left is not None:
        words.append(f"{minutes(transfer.seconds_left)} left")
    return ", ".join(words)
