#!/usr/bin/env python3
"""Coverage-guided fuzzing of one reader with atheris (libFuzzer), from its seed and kept inputs.

`python scripts/fuzz/run.py READER [--seconds N] [--work DIR]`; needs `pip install atheris`. What
breaks the contract lies in DIR/READER/crashes and what was found on the way in DIR/READER/found.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests" / "collectors" / "corpus"
sys.path[:0] = [str(ROOT), str(ROOT / "collectors"), str(ROOT / "scripts")]

LONGEST_INPUT = 4096  # bytes
LONGEST = 10  # seconds for one input
MEMORY_MB = 1500
LIBRARIES = {
    "pdf": "pypdf",
    "rtf": "striprtf.striprtf",
    "html": "html2text",
    "mastodon": "html2text",
    "md": "yaml",
    "org": "orgparse",
}


def fuzz(name: str, seconds: int, work: Path) -> None:
    """Run until the time is over or something breaks; ends the process."""
    import atheris

    library = LIBRARIES.get(name, "email.utils")
    with atheris.instrument_imports(include=["microtune_collectors", library.partition(".")[0]]):
        import_module(library)  # readers import theirs when they first need it
        from fuzz.readers import READERS
        from fuzz.seeds import SEEDS
    found, crashes = work / name / "found", work / name / "crashes"
    for folder in (found, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    (found / "seed").write_bytes(SEEDS[name])
    kept = [str(KEPT / name)] if (KEPT / name).is_dir() else []
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={max(LONGEST_INPUT, len(SEEDS[name]))}",
        f"-timeout={LONGEST}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={crashes}/",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(found), *kept], READERS[name])
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz one reader with atheris.")
    parser.add_argument("reader")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--work", type=Path, default=Path("fuzz-work"))
    given = parser.parse_args()
    fuzz(given.reader, given.seconds, given.work)


if __name__ == "__main__":
    main()
