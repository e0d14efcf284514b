"""What there is to train, as far as the store tells."""

from contextlib import closing
from dataclasses import dataclass, replace

from microtune.curation.split import FEWEST_DOCUMENTS
from microtune.runs import Run
from microtune.store import Store


@dataclass(frozen=True, slots=True)
class HeldBack:
    """New words in which a run found nothing to train on, because they measure: where texts that
    were held out are withdrawn, the newest ones take their place.

    They are no reason to train until another run than `run` is the last that was judged.
    """

    run: str = ""
    words: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """Why a run is wanted, or why none is."""

    base: str  # SHA-256 of the chosen base, "" before `init`
    documents: int
    new_words: int  # that the last run on this base did not see
    unfinished: bool = False  # a run was interrupted and goes on
    base_changed: bool = False  # the active adapter fits another, and none was trained for this
    last: str = ""  # that run
    held_back: int = 0  # new words besides, which only measure
    forgotten: bool = False  # an adapter was retired for what it knew, and none trained since

    def without(self, held: HeldBack) -> "Need":
        """The same, as long as nothing was judged since, without the words that only measure."""
        if not self.last or held.run != self.last:
            return self
        words = min(held.words, self.new_words)
        return replace(self, new_words=self.new_words - words, held_back=words)

    def wanted(self, enough: int) -> bool:
        """Whether to train, where `enough` new words are a reason to."""
        if not self.base or self.documents < FEWEST_DOCUMENTS:
            return False
        at_once = self.unfinished or self.base_changed or self.forgotten
        return at_once or self.new_words >= max(1, enough)

    def words(self, enough: int) -> str:
        """The same in words, with the figure."""
        if not self.base:
            return "no base is chosen yet: run `microtune init`"
        if self.documents < FEWEST_DOCUMENTS:
            return f"{self.documents} documents, and {FEWEST_DOCUMENTS} are needed"
        if self.unfinished:
            return "an interrupted run goes on"
        if self.base_changed:
            return "the base changed, and the active adapter fits the earlier one"
        if self.forgotten:
            return "an adapter was retired, since it learned from texts that were forgotten"
        besides = f", besides {self.held_back} that only measure" if self.held_back else ""
        return f"{self.new_words} new words ({enough} are enough){besides}"


def need_of(store: Store, base: str, misfit: bool) -> Need:
    """What is to be trained on `base`; `misfit`: the active adapter fits another."""
    with closing(store.runs.newest_first()) as runs:
        last = next((run for run in runs if _judged_on(base, run)), None)
    last_id = last.id if last else ""
    unfinished = store.runs.unfinished()
    return Need(
        base=base,
        documents=store.documents.count(),
        new_words=store.runs.unseen_words(last_id),
        unfinished=unfinished is not None and unfinished.recipe.get("base_sha256") == base,
        base_changed=misfit and last is None,
        last=last_id,
        forgotten=store.erasures.ask_for_training(),
    )


def _judged_on(base: str, run: Run) -> bool:
    return run.state in ("promoted", "rejected") and run.recipe.get("base_sha256") == base
