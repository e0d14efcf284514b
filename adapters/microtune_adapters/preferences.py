"""Preference pairs as runs see them: which of them teach, which only measure, and which did before.

The newest tenth is held out, and so is every pair with words of a text that the run is measured or
steered by: an edited draft that was sent is likely to be collected as a text later. One whose
better text is among those that are trained on measures nothing. Knows nothing of tokens.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from microtune.contracts import Turn
from microtune.pairs import Pair, ever_in, pairs_in
from microtune.runs import PairRole
from microtune.shingles import Shingles
from microtune.store import Store
from microtune_adapters.drafting import request_of, turns_of
from microtune_adapters.examples import shortened

FEWEST = 20  # pairs to learn from: fewer say more of chance than of the person
FEWEST_HELDOUT = 5
MOST = 500  # the newest of them
COPY = 0.5  # of the runs of words of a text: with so many in common it is the same text, or nearly


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a run by role, each in the order in which the person judged.

    `inherited` (pair → judged draft) are those that the adapter it goes on from learned from.
    """

    train: tuple[Pair, ...] = ()
    heldout: tuple[Pair, ...] = ()
    inherited: Mapping[str, str] = field(default_factory=dict)

    def roles(self) -> dict[PairRole, dict[str, str]]:
        """Pair → judged draft, by role; what was inherited was learned from."""
        train, heldout = ({p.id: p.draft.id for p in part} for part in (self.train, self.heldout))
        return {"train": {**self.inherited, **train}, "heldout": heldout}


def usable(store: Store) -> list[Pair]:
    """The newest pairs whose prompt is one prompt: the text of a long rewrite answers several."""
    pairs = [pair for pair in pairs_in(store) if prompt_of(pair, ()) is not None]
    return pairs[-MOST:]


def split_pairs(
    pairs: Sequence[Pair],
    apart: Iterable[str],
    trained: Iterable[str],
    inherited: Mapping[str, str],
) -> Pairs:
    """Which teach and which measure; none of either where too few would teach.

    `apart` are the texts that measure or steer the run, `trained` those that it learns from. A
    draft of which something is `inherited` measures nothing; all pairs of one draft have one role.
    """
    shingles = Shingles(apart)
    fresh = _unknown(pairs, trained, inherited)
    measuring = fresh[-max(FEWEST_HELDOUT, len(pairs) // 10) :]
    measuring += [pair for pair in fresh if shingles.within(pair.everything())]
    aside = frozenset(pair.draft.id for pair in measuring)
    taught = tuple(pair for pair in pairs if pair.draft.id not in aside)
    if len(taught) < FEWEST:
        return Pairs(inherited=inherited)
    return Pairs(taught, tuple(pair for pair in pairs if pair.draft.id in aside), inherited)


def prompt_of(pair: Pair, passages: Sequence[str]) -> list[Turn] | None:
    """What the model was asked when it drafted, with these passages; None where that was several
    prompts, one for each piece of a long text."""
    turns = list(turns_of(request_of(pair.draft), list(map(shortened, passages))))
    return turns[0] if len(turns) == 1 else None


def passages_of(store: Store, pair: Pair, among: Collection[str]) -> list[str]:
    """The passages that the draft drew on, those of the documents `among` that are still in use."""
    drew = (p for p in pair.draft.retrieved if p.document in among)
    found = (store.retrieval.passage(p.document, p.position) for p in drew)
    return [passage.text for passage in found if passage]


def recalled_pairs(store: Store, run: str) -> Pairs:
    """The pairs of an earlier run, as far as they still are."""
    there = usable(store)
    train, heldout = (store.runs.pairs(run, role) for role in ("train", "heldout"))
    return Pairs(
        tuple(pair for pair in there if pair.id in train),
        tuple(pair for pair in there if pair.id in heldout),
    )


def learned_by(store: Store, adapter: str) -> dict[str, str]:
    """The pairs that an adapter, or one that it comes from, learned from: pair → judged draft."""
    runs = [run.id for run in store.runs.newest_first() if run.adapter == adapter]
    return {id: draft for run in runs for id, draft in store.runs.pairs(run, "train").items()}


def unknown_to(store: Store, adapter: str, trained: Iterable[str]) -> list[Pair]:
    """The pairs of drafts of which this adapter has learned nothing, and not from the texts that it
    was `trained` on either; none where there are too few pairs for any run to use them."""
    pairs = usable(store)
    return _unknown(pairs, trained, learned_by(store, adapter)) if len(pairs) >= FEWEST else []


def _unknown(
    pairs: Sequence[Pair], trained: Iterable[str], learned: Mapping[str, str]
) -> list[Pair]:
    drafts = frozenset(learned.values())
    fresh = [pair for pair in pairs if pair.draft.id not in drafts]
    shingles = Shingles(trained) if fresh else None
    return [pair for pair in fresh if shingles and shingles.share(pair.chosen) < COPY]


def told_by_pairs(store: Store, adapter: str) -> frozenset[str]:
    """The ids of the live documents that share a run of words with pairs that an adapter learned
    from: it knows more of them than of texts that it never saw."""
    learned = learned_by(store, adapter)
    if not learned:
        return frozenset()
    shingles = Shingles(pair.everything() for pair in ever_in(store) if pair.id in learned)
    return frozenset(d.id for d in store.documents.live() if shingles.within(d.text))
