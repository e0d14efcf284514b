"""The daemon has drafts prepared for messages that wait, where no run can begin, and politely."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from microtune.contracts import Generated, Sampling
from microtune.daemon.standing import pause
from microtune.drafts import Draft
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
from tests.microtune.daemon_world import BASE, POCKET, World, state, write_letters
from tests.microtune.inboxes import CONTEXT, INBOX, message
from tests.microtune.invented import CONSENT, FOLDER


@pytest.fixture
def waiting(home: Home) -> World:
    """Two messages wait, and there is nothing to train; the first pass has ended."""
    with Store.open(home) as store:
        store.sources.add(INBOX, CONTEXT)
        for name in ("one", "two"):
            store.received.put(message(name, written=datetime.now(UTC) - timedelta(hours=3)))
    return World(home, replace(POCKET, drafting_mb=600))


def drafted(world: World, adapter: str = "") -> None:
    """Every message has a draft now, as `today prepare` makes them."""
    generated = Generated(1, 1, 0.0, 0.0, "stop")
    with Store.open(world.home) as store:
        for one in store.received.all():
            draft = Draft("reply", {}, "Gladly.", BASE, adapter, Sampling(), generated)
            store.received.tie(store.drafts.record(draft).id, one.id, prepared=True)


def states(world: World) -> list[str]:
    return [line for line in world.told if "draft" in line]


def test_drafts_are_prepared_once(waiting: World) -> None:
    world = waiting

    def ends() -> None:
        drafted(world)
        world.job_ends(prepared=2)()

    world.run(world.job_ends(), lambda: None, ends, *[world.nothing] * 5)
    assert [job.kind for job in world.jobs] == ["collect", "prepare"]
    assert states(world) == ["prepared 2 drafts"]
    assert state(world) == "watching"


def test_another_adapter_prepares_its_own(waiting: World) -> None:
    world = waiting
    drafted(world)
    world.chosen = replace(POCKET, adapter="new")
    world.run(world.job_ends(), world.nothing)
    assert len(world.of("prepare")) == 1


def test_what_it_does_is_said(waiting: World) -> None:
    world = waiting
    seen: list[str] = []
    world.run(world.job_ends(), world.nothing, lambda: seen.append(state(world)))
    assert seen == ["preparing"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"others": 0.9}, "processor"),
        ({"input_idle_s": 0.0}, "input"),
        ({"memory_mb": 100}, "memory"),
    ],
)
def test_it_leaves_when_somebody_needs_the_machine(
    waiting: World, changes: dict[str, object], why: str
) -> None:
    world = waiting
    world.run(world.job_ends(), world.nothing, world.machine(**changes), *[world.nothing] * 4)
    [job] = world.of("prepare")
    assert job.asked
    assert not job.killed
    assert why in states(world)[0]
    assert world.waits[2] <= 0.5  # it is looked at twice a second while it drafts


def test_one_that_does_not_leave_is_ended(waiting: World) -> None:
    world = waiting
    world.stubborn = True
    world.run(world.job_ends(), world.nothing, world.machine(others=0.9), *[world.nothing] * 15)
    assert world.of("prepare")[0].killed


def test_it_does_not_begin_while_somebody_is_there(waiting: World) -> None:
    world = waiting
    world.reading = replace(world.reading, input_idle_s=5.0)
    world.run(world.job_ends(), *[world.nothing] * 5)
    assert world.of("prepare") == []
    assert state(world) == "watching"


def test_a_run_comes_first(world: World) -> None:
    with Store.open(world.home) as store:
        store.sources.add(INBOX, CONTEXT)
        store.received.put(message("one", written=datetime.now(UTC)))
    world.run(world.job_ends(), *[world.nothing] * 3, world.job_ends())
    assert [job.kind for job in world.jobs][:2] == ["collect", "train"]
    assert world.of("prepare") == []


def test_new_words_send_it_away(waiting: World) -> None:
    world = waiting
    world.run(
        world.job_ends(),
        world.nothing,
        lambda: write_letters(world.home, range(30)),
        *[world.nothing] * 5,
    )
    assert world.of("prepare")[0].asked
    assert len(world.of("train")) == 1
    assert "a run comes first" in states(world)[0]


def test_paused_it_leaves(waiting: World) -> None:
    world = waiting
    world.run(world.job_ends(), world.nothing, lambda: pause(world.home), world.nothing)
    assert world.of("prepare")[0].asked
    assert state(world) == "paused"


def test_a_failure_is_tried_again_later(waiting: World) -> None:
    world = waiting
    fails = world.job_ends(1, "no engine")
    world.run(world.job_ends(), world.nothing, fails, *[world.nothing] * 8)
    assert len(world.of("prepare")) == 1
    assert states(world) == ["preparing drafts failed: no engine"]


def test_after_a_while_it_is_tried_again(waiting: World) -> None:
    world = waiting
    fails = world.job_ends(1, "no engine")
    world.run(world.job_ends(), world.nothing, fails, *[world.nothing] * 40)
    assert len(world.of("prepare")) >= 2


def test_a_process_that_cannot_start_is_a_failure(waiting: World) -> None:
    world = waiting

    def broken() -> object:
        raise MicrotuneError("cannot start a process", "Free memory.")

    parts = replace(world.parts(), prepare=broken)
    world.parts = lambda: parts  # type: ignore[method-assign]
    world.run(world.job_ends(), *[world.nothing] * 3)
    assert states(world) == ["preparing drafts failed: cannot start a process"]


def test_the_daemons_end_is_its_end(waiting: World) -> None:
    world = waiting
    world.run(world.job_ends(), world.nothing)
    assert world.of("prepare")[0].end is not None


def test_without_an_inbox_nothing_is_prepared(home: Home) -> None:
    with Store.open(home) as store:
        store.sources.add(FOLDER, CONSENT)
    world = World(home)
    world.run(world.job_ends(), *[world.nothing] * 3)
    assert world.of("prepare") == []


def test_with_a_misfit_adapter_a_run_is_waited_for(waiting: World) -> None:
    world = waiting
    world.chosen = replace(POCKET, adapter="old", misfit=True)
    world.run(world.job_ends(), *[world.nothing] * 3)
    assert world.of("prepare") == []
