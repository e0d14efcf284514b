"""Samples and the model card: prompts drawn by seed, shown as they come, figures as measured."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from microtune.contracts import Turn
from scripts.pocket.card import Facts, card
from scripts.pocket.corpus import Record
from scripts.pocket.facts import PreparedData, keep_forms, kept_forms
from scripts.pocket.quantise import Form
from scripts.pocket.sampling import ORDER, PASSAGES, Asked, Sample, asked, draw, markdown, page
from scripts.pocket.sizes import SIZES
from tests.microtune.invented import letter
from tests.tiny import tiny_base

NASTY = "```\n<script>alert(1)</script> & <|im_end|>"


def mail(number: int) -> Record:
    paragraphs = "\n\n".join(letter(1000 * number + n) for n in range(6))
    return Record("invented", "CC0-1.0", "mail", f"Subject: the river\n\n{paragraphs}")


def talk(number: int) -> Record:
    said = "\n\n".join(f"{'AB'[n % 2]}da: {letter(100 * number + n)}" for n in range(4))
    return Record("invented", "CC0-1.0", "conversation", said)


RECORDS = [make(n) for n in range(30) for make in (mail, talk)]


def sample(text: str = "Yes.", finish: str = "stop", ask: str = "Write this.") -> Sample:
    return Sample(Asked("continue", "mail", (Turn("user", ask),)), 7, text, 3, finish)


def test_every_format_is_asked_for_in_turn() -> None:
    drawn = asked(RECORDS, 10, seed=1)
    assert sorted(one.format for one in drawn) == sorted(ORDER * 2)
    assert len({one.text for one in drawn}) == 10
    assert all((one.format == PASSAGES) == (len(one.turns) > 1) for one in drawn)
    assert {one.kind for one in drawn if one.format == "answer a message"} == {"conversation"}


def test_a_seed_draws_the_same_prompts_and_another_others() -> None:
    assert asked(RECORDS, 8, seed=1) == asked(RECORDS, 8, seed=1)
    assert asked(RECORDS, 8, seed=1) != asked(RECORDS, 8, seed=2)


def test_few_texts_give_few_prompts() -> None:
    assert len(asked(RECORDS[:3], 10, seed=1)) == 3
    assert asked([], 10, seed=1) == []


def test_samples_are_what_the_file_answers(tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "tiny.gguf")
    first, again = (list(draw(base, asked(RECORDS, 2, seed=1))) for _ in range(2))
    assert first == again
    assert [one.seed for one in first] == [1, 2]
    assert all(one.tokens and one.finish in ("stop", "length") for one in first)


class Texts(HTMLParser):
    """The tags of a page, and the texts within them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_shows_texts_as_they_are() -> None:
    shown = Texts()
    shown.feed(page([sample(NASTY, ask=NASTY)], "Step <100>"))
    assert "script" not in shown.tags
    assert not {"link", "img"} & set(shown.tags)
    assert shown.texts.count(NASTY) == 2
    assert "Step <100>" in shown.texts


def test_a_sample_cannot_end_its_own_block() -> None:
    lines = markdown([sample(NASTY, "length", NASTY)]).splitlines()
    assert lines[0] == "**1. continue, made of mail; seed 7, cut after 3 tokens**"
    assert lines.count("````text") == lines.count("````") == 1
    assert lines[-2:] == ["> ```", "> <script>alert(1)</script> & <|im_end|>"]
    assert markdown([sample("")]).endswith("> (nothing)")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    said = {
        "tokens": 1000,
        "chat_tokens": 250,
        "loss_tokens": 900,
        "sources": {
            "small": {"license": "MIT", "kind": "mail", "tokens": 100},
            "large": {"license": "CC0-1.0", "kind": "blog", "tokens": 900},
        },
        "left_out": {"small": 3, "large": 4},
    }
    (tmp_path / "prepared.json").write_text(json.dumps(said))
    return tmp_path


def facts(work: Path) -> Facts:
    shape = SIZES["small"].shape.to_dict()
    bits = {"all": 1.5, "mail": 1.6}
    read = PreparedData.read(work), kept_forms(work)
    sizes = 6_622_464, shape, "Q8_0", 7_300_000, "a" * 64, 100, 819_200
    return Facts("2026-11-22", *sizes, bits, *read, [sample("Dear Bo,")], "two cores")


def test_the_card_says_what_was_measured(work: Path) -> None:
    keep_forms(work, [Form("f16", 13_500_000, 1.5), Form("q8_0", 7_300_000, 1.503)])
    said = card(facts(work))
    for part in (
        "6.62 M parameters",
        "0.8 M tokens (100 steps)",
        "| all | 1.500 |",
        "| large | blog | CC0-1.0 | 90.0% |\n| small | mail | MIT | 10.0% |",
        "25% of the tokens are chats",
        "were left out (7: large 4, small 3)",
        "| q8_0 | 7.3 | 1.5030 | +0.20% |",
        "> Dear Bo,",
        "## Intended use",
        "## Limits",
    ):
        assert part in said


def test_the_card_goes_without_what_was_not_written_down(tmp_path: Path) -> None:
    assert "Quantisations" not in card(facts(tmp_path))
    (tmp_path / "prepared.json").write_text('{"tokens": 10, "sources": {"a": {"tokens": 5}}}')
    said = card(facts(tmp_path))
    assert "| a |  | not stated | 50.0% |" in said
    assert "No record was left out" in said
