"""All figures of the voice of one person's drafts, beside those of real texts."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

from voice_texts import Texts
from voices.divergence import mauve
from voices.likeness import Copied, chrf, rouge_l
from voices.manners import greeting, sign_off
from voices.verifier import Verifier

from microtune_adapters.prompts import nearest_length

REAL, OWN, OTHERS = "real", "own", "others"  # beside the conditions
COPIED_WORDS = 8
NEAR = 1.5  # times the length asked for, or as much less
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """Texts that a verifier is asked about, and who wrote each ("" for a program)."""

    name: str
    texts: Sequence[str]
    writers: Sequence[str]


def figures(texts: Texts, everybody: Sequence[Texts], drafts: Mapping[str, Sequence[str]]) -> Row:
    """By condition, and of three kinds of real texts: the held-out ones themselves ("real"), other
    texts of the same person ("own") and held-out texts by others of the same kind ("others").

    The last two stand in for drafts that know nothing of the brief. "odds" are the verifier's, for
    each text; "auc" says how well it tells "real" from "others".
    """
    verifier = Verifier([one.author for one in everybody], texts.author.name)
    sets = list(_sets(texts, everybody, drafts))
    odds = {one.name: verifier.log_odds(one.texts, one.writers) for one in sets}
    strangers = odds.get(OTHERS, [])
    copied = Copied(texts.training)
    rows = {}
    for one in sets:
        rows[one.name] = {
            "accepted": _share(odd > 0 for odd in odds[one.name]),
            "nearer": auc(odds[one.name], strangers) if one.name != OTHERS else None,
            **(_copies(one.texts, copied) if one.name != OWN else {}),  # those were trained on
            **(_beside(one.texts, texts.real) if one.name != REAL else {}),
        }
    return {
        "rows": rows,
        "auc": auc(odds[REAL], strangers),
        "texts": len(texts.real),
        "strangers": len(strangers),
        "odds": {name: [round(one, 3) for one in some] for name, some in odds.items()},
    }


def _sets(
    texts: Texts, everybody: Sequence[Texts], drafts: Mapping[str, Sequence[str]]
) -> Iterator[Judged]:
    rng = random.Random(0)
    mine, many = texts.author, len(texts.real)
    for name, some in drafts.items():
        yield Judged(name, some, [""] * many)
    yield Judged(REAL, texts.real, [mine.name] * many)
    own = rng.sample(mine.practice, len(mine.practice))
    yield Judged(OWN, _as_many(own, many), [mine.name] * many)
    away = [
        (text, one.author.name)
        for one in everybody
        if one.author.name != mine.name and one.author.kind == mine.kind
        for text in one.real
    ]
    rng.shuffle(away)
    if away:
        yield Judged(OTHERS, [text for text, _ in away], [writer for _, writer in away])


def auc(own: Sequence[float], others: Sequence[float]) -> float | None:
    """How often one of the first is likelier to be theirs than one of the others; a tie counts
    half."""
    if not own or not others:
        return None
    wins = sum((one > two) + (one == two) / 2 for one in own for two in others)
    return float(wins / len(own) / len(others))


def _copies(some: Sequence[str], copied: Copied) -> Row:
    runs = [copied.longest(text) for text in some]
    return {
        "copied_mean": mean(runs),
        "copied_longest": max(runs),
        "copied_share": _share(run >= COPIED_WORDS for run in runs),
    }


def _beside(some: Sequence[str], real: Sequence[str]) -> Row:
    """What is told by the real text in each one's place."""
    some = _as_many(some, len(real))
    pairs = list(zip(some, real, strict=True))
    ratios = [len(text.split()) / nearest_length(len(true.split())) for text, true in pairs]
    return {
        "chrf": mean(chrf(text, true) for text, true in pairs),
        "rouge_l": mean(rouge_l(text, true) for text, true in pairs),
        "greeting": _share(greeting(text) == greeting(true) for text, true in pairs),
        "sign_off": _share(sign_off(text) == sign_off(true) for text, true in pairs),
        "length": median(ratios),
        "length_near": _share(1 / NEAR <= ratio <= NEAR for ratio in ratios),
        "mauve": mauve(some, real),
    }


def _share(are: Iterable[bool]) -> float:
    return mean(float(one) for one in are)


def _as_many(some: Sequence[str], many: int) -> list[str]:
    """The first so many of the texts, repeated where they are fewer."""
    return [some[i % len(some)] for i in range(many)]
