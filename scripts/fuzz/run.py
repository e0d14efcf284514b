#!/usr/bin/env python3
"""Coverage-guided fuzzing of one reader with atheris (libFuzzer), from its seed and kept inputs.

`python scripts/fuzz/run.py READER [--seconds N] [--work DIR]`; needs `pip install atheris`. What
breaks the contract lies in DIR/READER/crashes and what was found on the way in DIR/READER/found.
With `--measure` nothing is tried: what each found input reaches goes to DIR/READER/reached, from
which `scripts/fuzz/keep.py` chooses the few that are kept.
"""

import argparse
import re
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests" / "collectors" / "corpus"
sys.path[:0] = [str(ROOT), str(ROOT / "collectors"), str(ROOT / "scripts")]

LONGEST_INPUT = 4096  # bytes; of the readers below, whose inputs are long and quickly read, more
LONG = dict.fromkeys(("mail", "received", "emlx", "html", "md", "curated-mail"), 16 << 10)
LONG |= {"mbox": 64 << 10, "curated-text": 64 << 10, "docx-zip": 60, "odt-zip": 60}
LONGEST = 10  # seconds for one input
MEMORY_MB = 1500
OURS = ["microtune_collectors", "microtune.curation"]
LIBRARIES = {
    "pdf": "pypdf",
    "rtf": "striprtf.striprtf",
    "html": "html2text",
    "mastodon": "html2text",
    "md": "yaml",
    "org": "orgparse",
    "docx-body": "docx",
    "docx-zip": "docx",
}
_WORD = re.compile(rb"[A-Za-z]{3,20}|[^\sA-Za-z]{2,8}")


def fuzz(name: str, seconds: int, work: Path, measure: bool) -> None:
    """Run until the time is over or something breaks; ends the process."""
    import atheris

    library = LIBRARIES.get(name, "email.utils")
    with atheris.instrument_imports(include=[*OURS, library.partition(".")[0]]):
        import_module(library)  # readers import theirs when they first need it
        from fuzz.readers import READERS
        from fuzz.seeds import SEEDS
    found, crashes = work / name / "found", work / name / "crashes"
    for folder in (found, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    (found / "seed").write_bytes(SEEDS[name])
    inputs = [found] + ([KEPT / name] if (KEPT / name).is_dir() else [])
    if measure:
        reached = work / name / "reached"
        files = sorted(file for folder in inputs for file in folder.iterdir())
        reached.write_text("\n".join(map(str, (len(files), 0, *files))) + "\n")
        options, inputs = ["-merge_inner=2", f"-merge_control_file={reached}"], []
    else:
        words = work / name / "words"
        words.write_text(dictionary(SEEDS[name]))
        options = [f"-max_total_time={seconds}", f"-dict={words}", "-print_final_stats=1"]
    options += [
        f"-max_len={max(LONG.get(name, LONGEST_INPUT), len(SEEDS[name]))}",
        f"-timeout={LONGEST}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={crashes}/",
    ]
    atheris.Setup([sys.argv[0], *options, *map(str, inputs)], READERS[name])
    atheris.Fuzz()


def dictionary(seed: bytes) -> str:
    """The words and signs of a valid input, as libFuzzer wants them."""
    words = sorted(set(_WORD.findall(seed)))
    spelled = ("".join(map("\\x{:02x}".format, word)) for word in words)
    return "".join(f'"{word}"\n' for word in spelled)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz one reader with atheris.")
    parser.add_argument("reader")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--work", type=Path, default=Path("fuzz-work"))
    parser.add_argument("--measure", action="store_true")
    given = parser.parse_args()
    fuzz(given.reader, given.seconds, given.work, given.measure)


if __name__ == "__main__":
    main()
