#!/usr/bin/env python3
"""Keeps a few inputs that reach the most of a reader, out of what fuzzing found.

`python scripts/fuzz/keep.py READER … [--work DIR]`, after `run.py READER --measure` for each. They
go to tests/collectors/corpus/READER/fuzzed-*, in the place of those that are there.
"""

import argparse
from hashlib import sha256
from pathlib import Path

KEPT = Path(__file__).resolve().parents[2] / "tests" / "collectors" / "corpus"
MOST = 20  # inputs of a reader
MOST_BYTES = 36 << 10  # of a reader
LARGEST = 4 << 10  # bytes of an input


def reached(control: Path) -> dict[Path, set[int]]:
    """What libFuzzer wrote of each input: the numbers of what it ran through."""
    lines = control.read_text().split("\n")
    files = [Path(line) for line in lines[2 : 2 + int(lines[0])]]
    found: dict[Path, set[int]] = {}
    for line in lines[2 + len(files) :]:
        kind, *numbers = line.split() or [""]
        if kind == "FT":
            found[files[int(numbers[0])]] = set(map(int, numbers[1:]))
    return found


def chosen(inputs: dict[Path, set[int]], known: set[int]) -> list[Path]:
    """Greedily those that add most to what is known, the shorter first, within the limits."""
    left = MOST_BYTES
    few: list[Path] = []
    sizes = {file: file.stat().st_size for file in inputs}
    rest = {file for file in inputs if 0 < sizes[file] <= LARGEST}
    while rest and len(few) < MOST:
        best = max(rest, key=lambda file: (len(inputs[file] - known), -sizes[file], file.name))
        if not inputs[best] - known:
            break
        rest.discard(best)
        if sizes[best] <= left:
            left -= sizes[best]
            few.append(best)
            known = known | inputs[best]
    return few


def keep(name: str, work: Path) -> str:
    """Put the chosen inputs of a reader in the place of those of last time; says how many."""
    inputs = reached(work / name / "reached")
    folder = KEPT / name
    known: set[int] = set()  # the seed is in the repository, and so are inputs that broke it once
    for file, numbers in inputs.items():
        if file.name == "seed" or (file.parent == folder and not _is_fuzzed(file)):
            known |= numbers
    pool = {file: n for file, n in inputs.items() if file.parent != folder or _is_fuzzed(file)}
    contents = [file.read_bytes() for file in chosen(pool, known)]
    folder.mkdir(exist_ok=True)
    for old in filter(_is_fuzzed, list(folder.iterdir())):
        old.unlink()
    for content in contents:
        (folder / f"fuzzed-{sha256(content).hexdigest()[:8]}").write_bytes(content)
    return f"{name}: {len(contents)} of {len(inputs)} inputs, {sum(map(len, contents))} bytes"


def _is_fuzzed(file: Path) -> bool:
    return file.name.startswith("fuzzed-")


def main() -> None:
    parser = argparse.ArgumentParser(description="Keep the few inputs that reach the most.")
    parser.add_argument("readers", nargs="+")
    parser.add_argument("--work", type=Path, default=Path("fuzz-work"))
    given = parser.parse_args()
    for name in given.readers:
        print(keep(name, given.work))


if __name__ == "__main__":
    main()
