"""Runs and drafts are remembered with what it takes to trace them."""

from datetime import UTC, datetime

import pytest

from microtune.contracts import Generated, Sampling
from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.runs import Role, snapshot_of
from microtune.store import Store
from microtune.words import Passage
from tests.microtune.invented import document, keep

DOCUMENTS = [document(f"text {n}", f"p{n}") for n in range(4)]
ROLES: dict[Role, list[str]] = {
    "train": [DOCUMENTS[0].id, DOCUMENTS[1].id],
    "validation": [DOCUMENTS[2].id],
    "heldout": [DOCUMENTS[3].id],
}


def test_a_run_keeps_its_recipe_and_the_role_of_each_document(store: Store) -> None:
    keep(store, *DOCUMENTS)
    run = store.runs.start({"rank": 8, "rate": 0.001}, ROLES)
    assert (run.state, run.recipe) == ("running", {"rank": 8, "rate": 0.001})
    assert run.snapshot == snapshot_of(ROLES)
    assert store.runs.documents(run.id, "train") == tuple(sorted(ROLES["train"]))
    assert store.runs.documents(run.id, "heldout") == (DOCUMENTS[3].id,)
    assert store.runs.of_document(DOCUMENTS[2].id) == (run.id,)


def test_the_snapshot_depends_on_the_data_and_not_on_its_order() -> None:
    turned: dict[Role, list[str]] = {r: ROLES[r][::-1] for r in ("heldout", "train", "validation")}
    assert snapshot_of(turned) == snapshot_of(ROLES)
    assert snapshot_of({**ROLES, "heldout": []}) != snapshot_of(ROLES)


def test_a_run_is_paused_resumed_and_finished(store: Store) -> None:
    keep(store, *DOCUMENTS)
    run = store.runs.start({}, ROLES)
    store.runs.pause(run.id)
    unfinished = store.runs.unfinished()
    assert unfinished
    assert (unfinished.id, unfinished.state) == (run.id, "interrupted")
    store.runs.resume(run.id)
    done = store.runs.finish(run.id, "promoted", "better", "a1b2", {"adapter": 1.5})
    assert (done.state, done.adapter, done.measurements) == ("promoted", "a1b2", {"adapter": 1.5})
    assert done.finished
    assert done.started < done.finished
    assert store.runs.unfinished() is None
    assert [line.event for line in store.ledger.lines()][-2:] == ["run started", "run finished"]


def test_runs_come_newest_first(store: Store) -> None:
    first, second = store.runs.start({}, {}), store.runs.start({}, {})
    assert [run.id for run in store.runs.all()] == [second.id, first.id]
    assert store.runs.get(first.id[:6]) == first
    with pytest.raises(MicrotuneError, match="there is no run"):
        store.runs.get("zzzzzz")


def test_a_draft_comes_back_whole_but_for_the_texts_it_drew_on(store: Store) -> None:
    draft = Draft(
        command="write",
        request={"brief": "Thank them.", "to": ["mary@example.org"], "length": None},
        text="Thank you, Mary.",
        base="b" * 64,
        adapter="a1b2",
        sampling=Sampling(seed=7, stop=("\n\n",)),
        generated=Generated(12, 200, 80.5, 21.25, "stop"),
        retrieved=(Passage("d" * 64, 2, "The ferry was late.", 1.25),),
    )
    before = datetime.now(UTC)
    kept = store.drafts.record(draft)
    assert kept.at
    assert before <= kept.at <= datetime.now(UTC)
    back = store.drafts.get(kept.id)
    assert back.retrieved == (Passage("d" * 64, 2, "", 1.25),)
    for field in ("command", "request", "text", "base", "adapter", "sampling", "generated", "at"):
        assert getattr(back, field) == getattr(kept, field)
    assert store.drafts.newest() == (back,)
