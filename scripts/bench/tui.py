#!/usr/bin/env python3
"""The assistant as its person meets it: first screen, keys, first tokens, stops, pastes, memory.

    python scripts/bench/tui.py --home HOME

The real program runs in a pseudo-terminal on a copy of a home that has an adapter. What is timed
is from a key until the terminal was written what it brings.
"""

import argparse
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tui_engine
from homes import PROGRAM
from invented_notes import note
from report import add_docs_option, publish
from tui_keys import CLICK, CONTINUE, EMPTY_DRAFT, HINT, READY, REWRITE, Person
from tui_tables import markdown
from tui_terminal import Terminal
from tui_training import under_way

MODULES = "microtune_tui.cli, microtune_tui.app, microtune_tui.wiring, microtune_tui.rooms.write"
HEAVY = ("torch", "llama", "transformers", "numpy")
BARE_APP = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("Here")

Bare().run()
"""
IN_THE_DRAFT = CLICK.format(10, 12)  # of a terminal of 100 × 30


def main() -> None:
    options = parsed()
    with TemporaryDirectory(prefix="microtune-bench-") as work:
        home = Path(work) / "home"
        shutil.copytree(options.home, home)
        result = measured(home, options)
    publish("tui", result, markdown(result), options.docs)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--home", type=Path, required=True, help="with an active adapter")
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--keys", type=int, default=100, help="of each kind")
    parser.add_argument("--drafts", type=int, default=8, help="of each kind")
    parser.add_argument("--kilobytes", type=int, default=100, help="that are pasted")
    parser.add_argument("--no-training", action="store_true")
    add_docs_option(parser)
    return parser.parse_args()


def measured(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, "-c", PROGRAM, "--home", str(home)]
    text = pasted(options.kilobytes * 1000)
    result: dict[str, Any] = {"kilobytes": options.kilobytes, "imports": imports()}
    result["starts"], result["bare_ms"] = started(command, options.starts)
    with Terminal(command) as terminal:
        terminal.shows(READY)
        terminal.rest(2)
        person = Person(terminal)
        result["memory_mb"] = {"fresh": memory(terminal)}
        result["keys"] = {"idle": person.types(options.keys)}
        result.update(drafted(person, options.drafts))
        person.asks_for_long_drafts()
        result["keys"]["streaming"] = person.types_while_it_drafts(options.keys)
        result["cancel_ms"] = [person.cancels(0.3) for _ in range(options.drafts)]
        if not options.no_training:
            with under_way(home, terminal.rest) as stage:
                result["training_stage"] = stage
                result["keys"]["training"] = person.types(options.keys)
                result["keys"]["both"] = person.types_while_it_drafts(options.keys)
        result["libraries"] = heavy_libraries(terminal)
        terminal.send(IN_THE_DRAFT)
        terminal.rest(0.5)
        result["paste"] = {"draft": person.pastes(text)}
        person.presses(REWRITE, "Type or paste")
        terminal.rest(1)
        result["paste"]["rewrite"] = person.pastes(text)
        person.presses(CONTINUE, "Write. When you pause")
        terminal.rest(1)
        result["paste"]["continue"] = person.pastes(text)
        result["memory_mb"]["later"] = memory(terminal)
    result["cancel_tokens"] = tui_engine.tokens_after_cancelling(home, options.drafts)
    return result


def started(command: list[str], times: int) -> tuple[list[dict[str, float]], list[float]]:
    """Starts of the assistant and, in turn with them, of an app of one word, in milliseconds: how
    soon the library itself is there on a machine whose clock comes and goes."""
    starts, bare = [], []
    for _ in range(times):
        starts.append(start(command))
        with Terminal([sys.executable, "-c", BARE_APP]) as terminal:
            bare.append((terminal.shows("Here") - terminal.began) * 1e3)
    return starts, bare


def start(command: list[str]) -> dict[str, float]:
    """Of one start: milliseconds to the whole first screen, the processor's time in them, and
    until the base is loaded."""
    with Terminal(command) as terminal:
        shown = terminal.until(partial(has_all, ("Settings", HINT, EMPTY_DRAFT)), "the room")
        spent = terminal.process.cpu_times()
        ready = terminal.shows(READY)
        terminal.rest(1)
    return {
        "shown_ms": (shown - terminal.began) * 1e3,
        "processor_ms": (spent.user + spent.system) * 1e3,
        "ready_ms": (ready - terminal.began) * 1e3,
    }


def has_all(texts: tuple[str, ...], written: str) -> bool:
    return all(text in written for text in texts)


def drafted(person: Person, count: int) -> dict[str, Any]:
    """First tokens with the adapter and without, and "me or not me" between them."""
    briefs = iter(note(number, 1) for number in range(9000, 9000 + 2 * count))
    result: dict[str, Any] = {"first_ms": {"adapter": [], "base": []}, "turn_ms": [], "swap_ms": []}
    person.asks("Thank Ana for the plums and propose Tuesday")  # the first one warms it up
    for side in ("adapter", "base") * count:
        result["first_ms"][side].append(person.asks(next(briefs)))
        turn_ms, swap_ms = person.turns_to_other_side()
        result["turn_ms"].append(turn_ms)
        result["swap_ms"].append(swap_ms)
    return result


def pasted(size: int) -> str:
    """Prose of this size in paragraphs of about 140 words."""
    return "\n\n".join(note(number) for number in range(size // 700))[:size] + " "


def imports() -> dict[str, Any]:
    """What is imported before the first screen, as Python itself counts."""
    code = f"import sys, {MODULES}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = done.stdout.split()
    return {"modules": len(names), "heavy": [name for name in names if name.startswith(HEAVY)]}


def heavy_libraries(terminal: Terminal) -> list[str]:
    """Libraries that the assistant's own process has loaded by now and should not."""
    maps = {Path(each.path).name for each in terminal.process.memory_maps()}
    return sorted(name for name in maps if any(word in name for word in HEAVY))


def memory(terminal: Terminal) -> dict[str, float]:
    """Resident megabytes of the assistant and of what it started, the engine's process."""
    process = terminal.process
    engines = [child.memory_info().rss for child in process.children(recursive=True)]
    return {"assistant": process.memory_info().rss / 1e6, "engine": sum(engines) / 1e6}


if __name__ == "__main__":
    main()
