"""The variants of the recipe that the study compares, by name. Each changes one thing or two.

They are relative to "now", what `microtune train` does. rsLoRA (arXiv 2312.03732) scales by alpha
over the root of the rank, so it is a LoRA of another alpha and needs nothing of its own; DoRA
(arXiv 2402.09353) and PiSSA (arXiv 2404.02948) are peft's; LoRA+ (arXiv 2402.12354) gives B a
higher rate.
"""

import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Form = Literal["mixture", "as scored", "brief", "answer", "continue"]

ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")
FEED_FORWARD = ("gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True, slots=True)
class Variant:
    """`recipe` and `peft` are changes to the chosen `Recipe` and to peft's `LoraConfig`;
    `scale` sets alpha by the rank. `last_layers`: so many, 0 for all. `b_rate`: how many
    times A's rate B learns at. `documents`: only the newest so many are trained on.
    `held`: general text bounds its strength, and holds it where the recipe has an anchor.
    `again`: each epoch has the very examples of the first.
    `times`: how many times the steps of the others it takes. `strength`: the share of what was
    trained that is applied, where general text does not decide that."""

    name: str
    group: str
    recipe: Mapping[str, Any] = field(default_factory=dict)
    peft: Mapping[str, Any] = field(default_factory=dict)
    scale: float | None = None
    last_layers: int | None = None
    b_rate: float = 1.0
    cosine: bool = False
    form: Form = "mixture"
    passages: float | None = None
    documents: int | None = None
    held: bool = True
    again: bool = False
    times: float = 1.0
    strength: float | None = None

    def steps(self, steps: int) -> int:
        """Its own where the others take `steps`."""
        return round(steps * self.times)

    def settings(self) -> dict[str, Any]:
        """All that decides what it does, in plain values: what kept results are told apart by."""
        return {k: v for k, v in asdict(self).items() if k not in ("name", "group")}


def _rates() -> Iterable[Variant]:
    for rate in (3e-4, 7e-4, 1e-3, 1.5e-3, 2e-3, 3e-3, 6e-3):
        yield Variant(f"rate {rate:g}", "learning rate", {"learning_rate": rate})


def _ranks() -> Iterable[Variant]:
    for rank in (4, 8, 16, 64, 128):
        yield Variant(f"rank {rank}", "rank, same scale", {"rank": rank}, scale=4)
    yield Variant("rank 8, rate 0.003", "rank × rate", {"rank": 8, "learning_rate": 3e-3}, scale=4)
    yield Variant(
        "rank 64, rate 0.0007", "rank × rate", {"rank": 64, "learning_rate": 7e-4}, scale=4
    )


def _scales() -> Iterable[Variant]:
    for scale in (1, 2, 8):
        yield Variant(f"alpha {scale} × rank", "alpha", scale=scale)
    for rank in (8, 32, 128):
        name = f"rsLoRA, rank {rank}"
        yield Variant(name, "rsLoRA, alpha 32", {"rank": rank}, scale=32 / math.sqrt(rank))


def _places() -> Iterable[Variant]:
    for count in (1, 2, 3, 4):
        yield Variant(f"last {count}", "layers", last_layers=count)
    yield Variant("last 3, rank 64", "layers", {"rank": 64}, scale=4, last_layers=3)
    for rate in (1e-3, 1.5e-3, 3e-3):
        name = f"last 3, rate {rate:g}"
        yield Variant(name, "layers", {"learning_rate": rate}, last_layers=3)
    for rate in (7e-4, 1e-3):
        name = f"all layers, rate {rate:g}"
        yield Variant(name, "layers", {"learning_rate": rate}, last_layers=0)
    yield Variant("attention", "targets", {"targets": ATTENTION})
    yield Variant("q and v", "targets", {"targets": ("q_proj", "v_proj")})
    yield Variant("feed-forward", "targets", {"targets": FEED_FORWARD})
    for rate in (7e-4, 1e-3):
        settings = {"targets": FEED_FORWARD, "learning_rate": rate}
        yield Variant(f"feed-forward, rate {rate:g}", "targets × rate", settings)
        yield Variant(f"rank 16, rate {rate:g}", "rank × rate", {"rank": 16, "learning_rate": rate},
                      scale=4)  # fmt: skip


def _courses() -> Iterable[Variant]:
    yield Variant("decay from the start", "schedule", {"decay": 0.95})
    yield Variant("decay in the last fifth", "schedule", {"decay": 0.2})
    yield Variant("cosine", "schedule", cosine=True)
    for batch in (1, 4):
        yield Variant(f"batch {batch}", "batch, same tokens", {"batch": batch})
    slower = {"batch": 1, "learning_rate": 7e-4}
    yield Variant("batch 1, rate 0.0007", "batch, same tokens", slower)
    for times in (3, 3.5):
        yield Variant(f"the same again, {times:g} × the steps", "steps", again=True, times=times)
    for epochs in (1, 2, 4, 16, 32):
        yield Variant(f"epochs {epochs}", "epochs at most", {"epochs": epochs})


def _steps() -> Iterable[Variant]:
    for times in (3, 10):
        yield Variant(f"{times} × the steps", "steps", times=times)
        name = f"last 3, rate 0.003, {times} × the steps"
        yield Variant(name, "steps", {"learning_rate": 3e-3}, last_layers=3, times=times)
    settings: tuple[dict[str, Any], ...] = (
        *({"anchor": float(weight)} for weight in (4, 8)),
        *({"learning_rate": rate} for rate in (7e-4, 3e-3)),
        {"epochs": 32},
    )
    for one in settings:
        [(what, value)] = one.items()
        yield Variant(f"{what.replace('learning_', '')} {value:g}, 3 × the steps", "steps", one,
                      times=3)  # fmt: skip
    for rank in (8, 64):
        name = f"rank {rank}, 3 × the steps"
        yield Variant(name, "steps", {"rank": rank}, scale=4, times=3)
    yield Variant("dropout 0.1, 3 × the steps", "steps", peft={"lora_dropout": 0.1}, times=3)
    yield Variant("LoRA+, B × 4, 3 × the steps", "steps", b_rate=4, times=3)


def _damping() -> Iterable[Variant]:
    for share in (0.05, 0.1, 0.2):
        yield Variant(f"dropout {share:g}", "dropout", peft={"lora_dropout": share})
    for decay in (0.0, 0.1, 0.5):
        yield Variant(f"weight decay {decay:g}", "weight decay", {"weight_decay": decay})


def _methods() -> Iterable[Variant]:
    yield Variant("DoRA", "method", peft={"use_dora": True})
    # it moves the base's own weights, so there is no base beside it to hold it to
    pissa = {"init_lora_weights": "pissa"}
    yield Variant("PiSSA, not held", "method", peft=pissa, held=False)
    yield Variant("PiSSA, not held, rate 0.0003", "method", {"learning_rate": 3e-4}, pissa,
                  held=False)  # fmt: skip
    for times in (4, 16):
        yield Variant(f"LoRA+, B × {times}", "method", b_rate=times)
    yield Variant("LoRA+, B × 4, half rate", "method", {"learning_rate": 3.5e-4}, b_rate=4)


def _anchors() -> Iterable[Variant]:
    yield Variant("not held", "anchor", held=False)
    for weight in (0, 1, 4, 8):
        yield Variant(f"anchor {weight}", "anchor", {"anchor": float(weight)})
    for weight in (4, 8):
        settings = {"anchor": float(weight), "learning_rate": 3e-3}
        yield Variant(f"anchor {weight}, rate 0.003", "anchor", settings)
    slower = {"anchor": 4.0, "learning_rate": 7e-4}
    yield Variant("anchor 4, rate 0.0007", "anchor", slower)
    for rows in (2, 8):
        yield Variant(f"general text every {rows} rows", "anchor", {"anchor_rows": rows})
    name, settings = "general text every 2 rows, batch 1", {"anchor_rows": 2, "batch": 1}
    yield Variant(name, "anchor × batch", settings)
    yield Variant(f"{name}, 0.8 × the tokens", "anchor × batch", settings, times=0.8)
    for weight in (2, 8):
        for strength in (1.0, 0.8, 0.6, 0.4):
            settings = {"anchor": float(weight)}
            name = f"anchor {weight}, strength {strength:g}"
            yield Variant(name, "anchor × strength", settings, strength=strength)


def _forms() -> Iterable[Variant]:
    forms: tuple[Form, ...] = ("as scored", "brief", "answer", "continue")
    for form in forms:
        yield Variant(f"form: {form}", "examples", form=form)
    yield Variant("as scored, with passages", "examples", form="as scored", passages=1)
    slower = {"learning_rate": 7e-4}
    yield Variant("as scored, rate 0.0007", "examples × rate", slower, form="as scored")
    yield Variant("no passages", "passages in training", passages=0)
    yield Variant("always passages", "passages in training", passages=1)


def _sizes() -> Iterable[Variant]:
    for count in (10, 25, 50, 100, 300, 1000):
        yield Variant(f"newest {count}", "documents", documents=count)


NOW = Variant("now", "now")
VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        NOW,
        *(Variant(f"now, seed {seed}", "chance", {"seed": seed}) for seed in (1, 2)),
        *_anchors(),
        *_rates(),
        *_ranks(),
        *_places(),
        *_scales(),
        *_forms(),
        *_methods(),
        *_damping(),
        *_courses(),
        *_steps(),
        *_sizes(),
    )
}
GROUPS = tuple(dict.fromkeys(variant.group for variant in VARIANTS.values()))


def chosen(names: Iterable[str]) -> list[Variant]:
    """The variants of these names or groups, in the order of asking. Raises `KeyError` with those
    that are not known."""
    wanted = list(names)
    unknown = [name for name in wanted if name not in VARIANTS and name not in GROUPS]
    if unknown:
        raise KeyError(", ".join(unknown))
    found = (v for name in wanted for v in VARIANTS.values() if name in (v.name, v.group))
    return list({variant.name: variant for variant in found}.values())


def known(names: Iterable[str] | None) -> list[Variant]:
    """Those asked for (all where none are), after what they are compared with. Leaves with a line
    where one is unknown."""
    try:
        found = chosen(names) if names else list(VARIANTS.values())
    except KeyError as error:
        sys.exit(f"there is no variant {error.args[0]}. See scripts/bench/study_variants.py.")
    return [NOW, *(variant for variant in found if variant != NOW)]
