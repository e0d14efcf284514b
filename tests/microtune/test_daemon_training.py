"""The daemon's loop: when it has a run trained, sends it away, and what it makes of its end."""

import tracemalloc
from dataclasses import replace
from datetime import time
from itertools import pairwise

import pytest

from microtune.daemon import notices
from microtune.daemon.attempts import Attempts
from microtune.daemon.collaborators import Chosen
from microtune.daemon.need import need_of
from microtune.daemon.readings import Battery, Heat
from microtune.daemon.settings import DaemonSettings
from microtune.daemon.standing import Standing
from microtune.daemon.training import Training
from microtune.store import Store
from tests.microtune.daemon_world import BASE, World, run_ended, state, write_letters


def test_it_trains_when_there_are_new_words_and_nobody_is_disturbed(world: World) -> None:
    world.run(world.job_ends(), world.nothing, world.nothing)
    (training,) = world.of("train")
    assert training.minutes == DaemonSettings().minutes
    assert state(world) == "training"
    assert max(world.waits[2:-1]) < 1


def test_it_waits_for_the_machine_and_says_for_what(world: World) -> None:
    world.reading = replace(world.reading, load=2.0)
    world.run(world.job_ends(), world.nothing, world.nothing, world.nothing)
    assert not world.of("train")
    standing = Standing.load(world.home)
    assert standing is not None
    assert standing.state == "waiting"
    assert "load 2.00 for each core (limit 0.50)" in standing.line
    assert world.waits[3] <= 30


def test_it_trains_nothing_where_few_words_are_new(world: World) -> None:
    run_ended(world.home)
    write_letters(world.home, range(30, 33))
    world.run(world.job_ends(), world.nothing, world.nothing)
    assert not world.of("train")
    assert state(world) == "watching"


@pytest.mark.parametrize(
    "change",
    [
        {"others": 0.9},
        {"input_idle_s": 0.0},
        {"battery": Battery(60.0, on_mains=False)},
        {"heat": Heat("cpu", 94.0, 95.0)},
        {"time_of_day": time(9, 0)},
        {"memory_mb": 100},
        {"disk_mb": 10},
    ],
)
def test_a_run_leaves_within_two_seconds_of_a_change(
    world: World, change: dict[str, object]
) -> None:
    DaemonSettings(quiet_hours="09:00-17:00").save(world.home)
    world.run(world.job_ends(), world.nothing, world.machine(**change), world.nothing)
    (training,) = world.of("train")
    assert training.asked
    assert not training.killed
    assert "training leaves" in world.told[-1]
    assert max(world.waits[2:4]) < 1


def test_a_run_that_does_not_leave_is_ended(world: World) -> None:
    world.stubborn = True
    world.run(world.job_ends(), world.nothing, world.machine(others=1.0), *[world.nothing] * 15)
    (training,) = world.of("train")
    assert training.killed
    assert "failed" not in " ".join(world.told)


def test_after_it_left_the_run_goes_on_when_the_machine_is_calm(world: World) -> None:
    calm = world.machine(others=0.0)
    world.run(
        world.job_ends(), world.nothing, world.machine(others=1.0), calm, *[world.nothing] * 4
    )
    assert len(world.of("train")) == 2


def test_a_stop_lets_the_run_save_its_state(world: World) -> None:
    world.run(world.job_ends(), world.nothing)
    (training,) = world.of("train")
    assert training.asked
    assert not training.killed
    assert world.open_watches == 0


def test_a_promoted_adapter_is_announced_once(world: World) -> None:
    promoted = lambda: run_ended(world.home)  # noqa: E731
    world.run(world.job_ends(), promoted, world.job_ends(peak_rss_mb=900), world.nothing)
    assert len(world.announced) == 1
    assert "promoted for a reason" in world.announced[0]
    again = World(world.home)
    again.run(again.job_ends(), again.nothing, again.nothing)
    assert again.announced == []
    assert [notice.line for notice in notices.take(world.home)] == world.announced
    assert notices.take(world.home) == ()


def test_a_run_that_ended_while_the_daemon_was_dead_is_announced(world: World) -> None:
    world.run(world.job_ends(), world.nothing)
    run_ended(world.home)
    again = World(world.home)
    again.run(again.job_ends())
    assert len(again.announced) == 1


def test_runs_from_before_the_first_daemon_are_no_news(world: World) -> None:
    run_ended(world.home)
    world.run(world.job_ends())
    assert world.announced == []


def test_a_rejected_adapter_is_told_with_its_reason_and_not_tried_again(world: World) -> None:
    world.run(
        world.job_ends(),
        lambda: run_ended(world.home, "rejected"),
        world.job_ends(1, "training broke down"),
        *[world.nothing] * 5,
    )
    assert len(world.of("train")) == 1
    assert world.announced == []
    assert any("rejected for a reason" in line for line in world.told)
    assert state(world) == "watching"


def test_where_a_run_finds_nothing_new_it_waits_for_as_many_words_again(world: World) -> None:
    """New texts that take the place of withdrawn held-out ones measure, and train nothing."""
    run_ended(world.home)
    write_letters(world.home, range(30, 60))
    found_nothing = world.job_ends(status="nothing new", reason="Nothing new since adapter x")
    world.run(world.job_ends(), world.nothing, found_nothing, *[world.nothing] * 5)
    assert len(world.of("train")) == 1
    assert state(world) == "watching"
    assert "Nothing new since adapter x" in world.told
    again = World(world.home)
    write_letters(world.home, range(60, 63))
    again.run(again.job_ends(), *[again.nothing] * 3)
    assert not again.of("train")
    standing = Standing.load(world.home)
    assert standing is not None
    assert "that only measure" in standing.line
    write_letters(world.home, range(63, 100))
    again.run(again.job_ends(), *[again.nothing] * 3)
    assert len(again.of("train")) == 1


def test_nothing_new_is_forgotten_once_another_run_is_judged(world: World) -> None:
    run_ended(world.home)
    write_letters(world.home, range(30, 60))
    found_nothing = world.job_ends(status="nothing new")
    world.run(world.job_ends(), world.nothing, found_nothing, world.nothing)
    run_ended(world.home)
    write_letters(world.home, range(60, 90))
    world.run(world.job_ends(), *[world.nothing] * 3)
    assert len(world.of("train")) == 2


def test_what_a_run_took_is_not_what_finding_nothing_took(world: World) -> None:
    run_ended(world.home)
    write_letters(world.home, range(30, 60))
    Attempts(settled="-", peak_mb=900).save(world.home)
    found_nothing = world.job_ends(status="nothing new", peak_rss_mb=80)
    world.run(world.job_ends(), world.nothing, found_nothing, world.nothing)
    assert Attempts.load(world.home).peak_mb == 900


def test_a_failing_run_is_tried_again_after_longer_and_longer(world: World) -> None:
    began = []

    def fail() -> None:
        if world.of("train") and world.jobs[-1].end is None:
            began.append(world.seconds)
            world.job_ends(1, "no such thing")()

    world.run(world.job_ends(), *[fail] * 300)
    gaps = [later - earlier for earlier, later in pairwise(began)]
    assert 60 <= gaps[0] < 120
    assert 240 <= gaps[1] < 300
    assert 960 <= gaps[2] < 1100
    standing = Standing.load(world.home)
    assert standing is not None
    assert "no such thing" in standing.line


def test_failures_are_remembered_over_restarts(world: World) -> None:
    twice = Attempts().failed("no such thing", world.now()).failed("no such thing", world.now())
    world.home.create()
    twice.save(world.home)
    world.run(world.job_ends(), world.nothing, world.nothing)
    assert not world.of("train")
    assert state(world) == "waiting"


def test_its_owner_can_have_it_try_again_at_once(world: World) -> None:
    world.home.create()
    Attempts(settled="-").failed("no such thing", world.now()).save(world.home)

    def forgive() -> None:
        Attempts.load(world.home).cleared().save(world.home)
        world.daemon.reload()

    world.run(world.job_ends(), forgive, world.nothing)
    assert len(world.of("train")) == 1


def test_another_base_is_trained_for_without_new_words(world: World) -> None:
    run_ended(world.home)
    world.chosen = Chosen("c" * 64, misfit=True)
    DaemonSettings(new_words=1_000_000).save(world.home)
    world.run(world.job_ends(), world.nothing)
    assert len(world.of("train")) == 1


def test_another_base_on_which_nothing_better_came_of_it_is_left_alone(world: World) -> None:
    run_ended(world.home)
    run_ended(world.home, "rejected", base="c" * 64)
    world.chosen = Chosen("c" * 64, misfit=True)
    world.run(world.job_ends(), world.nothing, world.nothing)
    assert not world.of("train")


def test_an_interrupted_run_goes_on_without_new_words(world: World) -> None:
    run_ended(world.home)
    with Store.open(world.home) as store:
        run = store.runs.start({"base_sha256": BASE}, {"train": []})
        store.runs.pause(run.id)
    world.run(world.job_ends(), world.nothing)
    assert len(world.of("train")) == 1


def test_a_long_history_of_runs_costs_no_memory(world: World) -> None:
    """Each remembers the texts that it saw, and the daemon looks after every change."""
    seen = {"seen": {"train": [f"{n:064x}" for n in range(1000)]}}
    with Store.open(world.home) as store:
        for _ in range(120):
            run = store.runs.start({"base_sha256": BASE, **seen}, {"train": []})
            store.runs.finish(run.id, "promoted", "better", f"adapter-{run.id}")
        training = Training(world.home, world.parts())
        training.settle(store)
        need_of(store, BASE, misfit=False)
        tracemalloc.start()
        try:
            training.settle(store)
            assert need_of(store, BASE, misfit=False).last == run.id
            assert tracemalloc.get_traced_memory()[1] < 1_000_000  # all of them: 10 MB
        finally:
            tracemalloc.stop()
