"""The catalogue: bases that people would choose, from pocket to those that want a large machine.

Knows what was published of each; knows neither this machine nor what was downloaded. Names, sizes,
revisions and hashes were read in public repositories that pin these files, each in several of
them, on 2026-11-26; none of the files was ever fetched or run here (see docs/bases.md).
"""

import re
from dataclasses import dataclass

from microtune.errors import MicrotuneError
from microtune.settings import POCKET

HUB_PREFIX = "hf:"  # names a file on the hub that the catalogue does not know
_PART = r"[A-Za-z0-9][\w.-]*"
_ON_THE_HUB = re.compile(rf"hf:({_PART}/{_PART})/({_PART}(?:/{_PART})*\.gguf)")
MOVING = "main"  # a revision that changes: only the hub can say what is in it


@dataclass(frozen=True, slots=True)
class Entry:
    """A base by the name that `microtune bases` knows it by.

    `bytes` is the file's size and `parameters` the weights in it, in `layers` over hidden states of
    the size `hidden`; 0 where they are not known.
    `sha256` is the file's, None where only the hub can tell. `thinks`: it writes its thoughts
    before its answer, where nothing stops it. `expect` is for people, and follows from the model's
    card and size: no draft of these was ever measured here.
    """

    name: str
    title: str
    repository: str  # "" for the base that comes with the package
    file: str
    revision: str
    bytes: int
    sha256: str | None
    licence: str
    architecture: str
    parameters: int
    layers: int
    hidden: int
    vocabulary: int
    thinks: bool
    expect: str

    @property
    def packaged(self) -> bool:
        """Whether it comes with microtune and is never downloaded."""
        return not self.repository

    def seconds_at(self, megabits_per_s: float) -> float:
        """How long its download takes at a speed."""
        return self.bytes * 8 / (megabits_per_s * 1e6)


CATALOGUE: tuple[Entry, ...] = (
    Entry(
        name=POCKET,
        title="pocket",
        repository="",
        file="pocket.gguf",
        revision="",
        bytes=7_322_496,
        sha256=None,  # beside the file, in the package
        licence="Apache-2.0",
        architecture="llama",
        parameters=6_622_464,
        layers=6,
        hidden=256,
        vocabulary=8_192,
        thinks=False,
        expect="Runs anywhere, trains in minutes. Writes English sentences in your manner and "
        "seldom means much by them.",
    ),
    Entry(
        name="smollm2-360m",
        title="SmolLM2 360M Instruct, Q8_0",
        repository="HuggingFaceTB/SmolLM2-360M-Instruct-GGUF",
        file="smollm2-360m-instruct-q8_0.gguf",
        revision="593b5a2e04c8f3e4ee880263f93e0bd2901ad47f",
        bytes=386_404_992,
        sha256="48ab3034d0dd401fbc721eb1df3217902fee7dab9078992d66431f09b7750201",
        licence="Apache-2.0",
        architecture="llama",
        parameters=361_821_120,
        layers=32,
        hidden=960,
        vocabulary=49_152,
        thinks=False,
        expect="English only. Short, fluent drafts from a simple brief; facts need a second look.",
    ),
    Entry(
        name="qwen2.5-0.5b",
        title="Qwen2.5 0.5B Instruct, Q8_0",
        repository="Qwen/Qwen2.5-0.5B-Instruct-GGUF",
        file="qwen2.5-0.5b-instruct-q8_0.gguf",
        revision="9217f5db79a29953eb74d5343926648285ec7e67",
        bytes=675_710_816,
        sha256="ca59ca7f13d0e15a8cfa77bd17e65d24f6844b554a7b6c12e07a5f89ff76844e",
        licence="Apache-2.0",
        architecture="qwen2",
        parameters=630_167_424,
        layers=24,
        hidden=896,
        vocabulary=151_936,
        thinks=False,
        expect="Many languages. Short drafts that keep to a simple brief; facts need a second "
        "look.",
    ),
    Entry(
        name="qwen3-0.6b",
        title="Qwen3 0.6B, Q8_0",
        repository="Qwen/Qwen3-0.6B-GGUF",
        file="Qwen3-0.6B-Q8_0.gguf",
        revision="23749fefcc72300e3a2ad315e1317431b06b590a",
        bytes=639_446_688,
        sha256="9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031",
        licence="Apache-2.0",
        architecture="qwen3",
        parameters=596_049_920,
        layers=28,
        hidden=1024,
        vocabulary=151_936,
        thinks=True,
        expect="Many languages. A thinking model: it may write down its thoughts before a draft.",
    ),
    Entry(
        name="qwen2.5-1.5b",
        title="Qwen2.5 1.5B Instruct, Q4_K_M",
        repository="Qwen/Qwen2.5-1.5B-Instruct-GGUF",
        file="qwen2.5-1.5b-instruct-q4_k_m.gguf",
        revision="91cad51170dc346986eccefdc2dd33a9da36ead9",
        bytes=1_117_320_736,
        sha256="6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
        licence="Apache-2.0",
        architecture="qwen2",
        parameters=1_777_088_000,
        layers=28,
        hidden=1536,
        vocabulary=151_936,
        thinks=False,
        expect="Many languages. Drafts of a few paragraphs; facts need a second look.",
    ),
    Entry(
        name="qwen3-1.7b",
        title="Qwen3 1.7B, Q4_K_M",
        repository="bartowski/Qwen_Qwen3-1.7B-GGUF",
        file="Qwen_Qwen3-1.7B-Q4_K_M.gguf",
        revision="dcb19155b962dbb6389f4691a982043a8e651022",
        bytes=1_282_439_584,
        sha256="72c5c3cb38fa32d5256e2fe30d03e7a64c6c79e668ad84057e3bd66e250b24fb",
        licence="Apache-2.0",
        architecture="qwen3",
        parameters=2_031_739_904,
        layers=28,
        hidden=2048,
        vocabulary=151_936,
        thinks=True,
        expect="Many languages. A thinking model: it may write down its thoughts before a draft.",
    ),
    Entry(
        name="qwen3-4b",
        title="Qwen3 4B Instruct 2507, Q4_K_M",
        repository="bartowski/Qwen_Qwen3-4B-Instruct-2507-GGUF",
        file="Qwen_Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
        revision="ae44f08e1392f39c0e474af10c3ff8355c8b6688",
        bytes=2_497_280_736,
        sha256="2fde00ce69dd4899c70d020845e2638353015bba0fdf161b3eb965f2bca4464e",
        licence="Apache-2.0",
        architecture="qwen3",
        parameters=4_022_468_096,
        layers=36,
        hidden=2560,
        vocabulary=151_936,
        thinks=False,
        expect="Many languages. The most able of these, and the slowest on processor cores alone.",
    ),
)
"""From the smallest to the largest. All speak ChatML; all have an architecture that can serve."""


def known(name: str) -> Entry | None:
    """What `name` stands for: an entry of the catalogue, or a file on the hub that is written
    `hf:OWNER/REPOSITORY/FILE.gguf`; None for anything else."""
    found = next((entry for entry in CATALOGUE if entry.name == name.lower()), None)
    return found or _on_the_hub(name)


def find(name: str) -> Entry:
    """See `known`. Raises `MicrotuneError` for any other name."""
    entry = known(name)
    if entry is None:
        raise MicrotuneError(
            f"the catalogue has no base called {name}",
            "`microtune bases list` shows those that it has; "
            "hf:OWNER/REPOSITORY/FILE.gguf names any other on the hub.",
        )
    return entry


def _on_the_hub(name: str) -> Entry | None:
    matched = _ON_THE_HUB.fullmatch(name)
    if matched is None:
        return None
    repository, file = matched.groups()
    return Entry(
        name=f"{repository}/{file}".removesuffix(".gguf").replace("/", "--").lower(),
        title=f"{file.removesuffix('.gguf')} of {repository}",
        repository=repository,
        file=file,
        revision=MOVING,
        bytes=0,
        sha256=None,
        licence="",
        architecture="",
        parameters=0,
        layers=0,
        hidden=0,
        vocabulary=0,
        thinks=False,
        expect="",
    )
