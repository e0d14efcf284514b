#!/usr/bin/env python3
"""The assistant from its first run to a saved draft, in a real terminal, with pictures.

    scripts/tour [--trained HOME] [--pictures FOLDER]

It prints keys and screens as it goes. All texts are the bundled writer's. `--trained`: a home of
that writer with an adapter; without it one is trained, for a minute.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from picture import picture
from screen import Screen

from microtune_tui.sample import sample_path

PROGRAM = "import sys; from microtune_tui.cli import main; sys.argv[0] = 'microtune'; main()"
SIZE = (116, 32)
FEWEST = 300  # texts of the sample that are read before the tour goes on
BRIEF = "thank Ana for her visit and propose Tuesday at ten"
QUESTION = "what did I write about the quartet"
FOREIGN = (
    "Dear Sir, I regret to inform you that I am unable to come to the concert on Friday, because "
    "I have been ill for some days. I would be grateful if you could send me the score."
)


class Tour:
    """Where the homes and pictures are, and how steps are told."""

    def __init__(self, work: Path, pictures: Path) -> None:
        self.user, self.pictures = work, pictures
        pictures.mkdir(parents=True, exist_ok=True)

    def opens(self, home: Path) -> Screen:
        command = [sys.executable, "-c", PROGRAM, "--home", str(home)]
        print(f"\n$ microtune --home {home.name}")
        return Screen(
            command, {"HOME": str(self.user), "PYTHONPATH": ":".join(sys.path)}, SIZE, tell
        )

    def shoots(self, screen: Screen, name: str) -> None:
        """Print the screen, and keep its picture."""
        print(screen.text().rstrip())
        print(f"→ {picture(screen.ansi(), SIZE[0], 'microtune', self.pictures / name).name}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--trained", type=Path, metavar="HOME")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", default=Path("docs/screenshots"))
    options = parser.parse_args()
    with TemporaryDirectory(prefix="ludwig-") as work:
        tour = Tour(Path(work), options.pictures)
        shutil.copy(sample_path(), Path(work) / "letters.mbox")
        fresh, home = Path(work) / "fresh", Path(work) / "home"
        first_run(tour, fresh)
        if options.trained:
            shutil.copytree(options.trained, home)
        else:
            microtune(fresh, "train", "--minutes", "1")
            home = fresh
        with tour.opens(home) as screen:
            for part in (writing, telling_apart, asking, rewriting, keeping):
                part(tour, screen)


def first_run(tour: Tour, home: Path) -> None:
    """Four steps, then the first draft by the base alone."""
    with tour.opens(home) as screen:
        screen.shows("1 of 4")
        tour.shoots(screen, "first-run")
        screen.presses("Enter")
        screen.shows("2 of 4")
        screen.types("~/letters.mbox")
        screen.presses("Enter")
        screen.shows("would be taken")
        tour.shoots(screen, "first-sources")
        screen.presses("Enter")
        screen.shows("3 of 4")
        tour.shoots(screen, "first-when")
        screen.presses("Enter")
        screen.shows("4 of 4")
        tour.shoots(screen, "first-ready")
        screen.presses("Enter")
        screen.shows("no adapter")
        screen.types(BRIEF)
        screen.presses("Enter")
        screen.shows("tokens/s")
        tour.shoots(screen, "first-draft")
        until(lambda: microtune(home, "status")["documents"] >= FEWEST)


def writing(tour: Tour, screen: Screen) -> None:
    """A draft, three of them, me or not me, why, and into a file."""
    screen.shows("adapter of")
    screen.presses("C-u")  # what was begun before is still there
    screen.types(BRIEF)
    screen.presses("Enter")
    screen.shows("tokens/s")
    tour.shoots(screen, "write")
    screen.presses("C-l")
    screen.shows("seed 2 ·")
    screen.shows("Done.")
    tour.shoots(screen, "three")
    screen.presses("Escape")
    time.sleep(1)
    screen.presses("C-t")
    screen.shows("Base alone")
    screen.shows("Done.")
    tour.shoots(screen, "me-or-not-me")
    screen.presses("C-t")
    time.sleep(1)
    screen.presses("Escape", "C-b")
    screen.shows("Why it says this")
    tour.shoots(screen, "why")
    screen.presses("Escape", "C-s")
    screen.shows("Use this draft")
    screen.presses("Down", "Enter")
    screen.shows("To which file?")
    screen.presses("C-u")
    screen.types("~/to-ana.txt")
    screen.presses("Enter")
    screen.shows("Saved")
    tour.shoots(screen, "saved")
    print((tour.user / "to-ana.txt").read_text())


def telling_apart(tour: Tour, screen: Screen) -> None:
    """The blind test: two drafts of the brief that stands there."""
    screen.presses("C-n")
    screen.shows("Which is yours?")
    tour.shoots(screen, "blind")
    screen.presses("a")
    screen.shows("That was")
    print(screen.text().rstrip())


def asking(tour: Tour, screen: Screen) -> None:
    screen.presses("F6")
    time.sleep(2)
    screen.types(QUESTION)
    screen.presses("Enter")
    time.sleep(3)
    tour.shoots(screen, "ask")


def rewriting(tour: Tour, screen: Screen) -> None:
    screen.presses("F4")
    screen.shows("Type or paste")
    screen.pastes(FOREIGN)
    screen.presses("C-g")
    time.sleep(8)
    tour.shoots(screen, "rewrite")


def keeping(tour: Tour, screen: Screen) -> None:
    """What was learned, from what, and how that is set."""
    for key, name in (
        ("F8", "training"),
        ("F9", "library"),
        ("F10", "sources"),
        ("F12", "settings"),
    ):
        screen.presses(key)
        time.sleep(3)
        tour.shoots(screen, name)


def microtune(home: Path, *words: str) -> dict[str, int]:
    command = [sys.executable, "-c", PROGRAM, *words, "--home", str(home), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    said: dict[str, int] = json.loads(done.stdout)
    return said


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not reached():
        if time.monotonic() > end:
            sys.exit("waited in vain")
        time.sleep(2)


def tell(line: str) -> None:
    print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
