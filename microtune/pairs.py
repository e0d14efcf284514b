"""Preference pairs: of two texts for one request, the one that the person likes better.

Made of what they made of drafts. A text that was changed before it was taken is better than the
draft was; one that was picked is better than the one passed over. A draft that was only rejected
makes no pair: nobody said what would have been better; and a blind test stays a test. Knows nothing
of prompts or training.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from microtune.drafts import Draft
from microtune.store import Store
from microtune.verdicts import Verdict
from microtune.words import content_id


@dataclass(frozen=True, slots=True)
class Pair:
    """`draft` is the one that was judged; what was asked for with it is the request of both texts.

    The id depends on the draft and on both texts, so a text that is changed again is another pair.
    """

    draft: Draft
    chosen: str
    rejected: str
    id: str = field(init=False)

    def __post_init__(self) -> None:
        parts = (self.draft.id, self.chosen, self.rejected)
        object.__setattr__(self, "id", content_id("\0".join(parts)))

    def everything(self) -> str:
        """All words that a run could see of it, apart from retrieved passages."""
        return "\n".join((self.chosen, self.rejected, *map(str, self.draft.request.values())))


def pairs_in(store: Store) -> list[Pair]:
    """Every pair that holds now, in the order in which the person judged."""
    return _pairs(store, standing(store.verdicts.all()))


def ever_in(store: Store) -> list[Pair]:
    """Those too whose text was changed again since."""
    return _pairs(store, store.verdicts.all())


def standing(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts that still hold, oldest first: a later word on the same drafts takes the place
    of an earlier one."""
    held: dict[tuple[str, str], Verdict] = {}
    for verdict in verdicts:
        if verdict.blind:
            continue
        held.pop((verdict.draft, verdict.over), None)  # so that it comes last
        if verdict.what == "rejected":
            continue
        held.pop((verdict.over, verdict.draft), None)
        held[verdict.draft, verdict.over] = verdict
    return list(held.values())


def _pairs(store: Store, verdicts: Iterable[Verdict]) -> list[Pair]:
    made = (_pair(store, verdict) for verdict in verdicts if verdict.what != "rejected")
    return [pair for pair in made if pair is not None]


def _pair(store: Store, verdict: Verdict) -> Pair | None:
    draft = store.drafts.get(verdict.draft)
    if store.received.answered_by(draft.id):
        return None  # what it answers was consented to as context only
    if verdict.what == "preferred":
        over = store.drafts.get(verdict.over)
        chosen, rejected = draft.text, over.text
    else:
        chosen, rejected = verdict.text, draft.text
    if chosen.split() == rejected.split() or not (chosen.strip() and rejected.strip()):
        return None
    return Pair(draft, chosen.strip(), rejected.strip())
