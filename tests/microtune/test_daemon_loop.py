"""The daemon's loop: what it has collected, when it pauses, and how it meets trouble."""

import pytest

from microtune.contracts import Change
from microtune.daemon.settings import DaemonSettings
from microtune.daemon.standing import pause, unpause
from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.store import Store
from microtune.words import Source
from tests.microtune.daemon_world import World, run_ended, state, write_letters
from tests.microtune.invented import CONSENT, MAILBOX

SAVED = Change("s", "letter.txt")


def test_it_begins_with_a_pass_over_everything_and_then_rests(home: Home) -> None:
    world = World(home)
    write_letters(home, range(3))  # too little to train on
    world.run(world.job_ends(new=3, updated=0), *[world.nothing] * 5)
    assert [job.changes for job in world.jobs] == [()]
    assert world.told == ["collected 3 new and 0 updated texts"]
    assert min(world.waits[2:]) >= 30
    assert state(world) == "watching"


def test_a_saved_file_alone_is_collected(world: World) -> None:
    run_ended(world.home)
    world.run(world.job_ends(), lambda: (SAVED,), world.nothing, world.job_ends())
    assert [job.changes for job in world.of("collect")] == [(), (SAVED,)]


def test_changes_that_come_while_one_is_collected_go_together(world: World) -> None:
    run_ended(world.home)
    others = tuple(Change("s", f"{n}.txt") for n in range(3))
    world.run(lambda: (SAVED,), lambda: others, lambda: others, world.job_ends(), world.nothing)
    assert [job.changes for job in world.of("collect")] == [(), (SAVED, *others)]


def test_without_a_source_nothing_is_collected(home: Home) -> None:
    world = World(home)
    world.run(world.nothing, world.nothing)
    assert world.jobs == []
    assert world.watched == [()]


def test_a_source_that_is_added_is_watched_and_read(world: World) -> None:
    run_ended(world.home)

    def add() -> None:
        with Store.open(world.home) as store:
            store.sources.add(Source("folder", "/ada/new"), CONSENT)

    world.run(world.job_ends(), add, world.nothing, world.job_ends())
    assert [len(sources) for sources in world.watched] == [2, 3]
    assert [job.changes for job in world.of("collect")] == [(), ()]
    assert world.open_watches == 0


def test_a_source_that_cannot_be_read_is_tried_again_and_told_once(world: World) -> None:
    run_ended(world.home)
    fails = world.job_ends(1, "the folder is not there")
    world.run(fails, *[world.nothing] * 10, fails, *[world.nothing] * 20)
    assert len(world.of("collect")) >= 3
    assert world.told.count("collecting: the folder is not there") == 1


def test_after_the_machine_slept_everything_is_read(world: World) -> None:
    run_ended(world.home)

    def sleep() -> None:
        world.slept += 3600

    world.run(world.job_ends(), sleep, world.nothing, world.job_ends())
    assert [job.changes for job in world.of("collect")] == [(), ()]


def test_a_pause_interrupts_collecting_and_it_is_made_up_for(world: World) -> None:
    run_ended(world.home)
    begin, end = (lambda: pause(world.home)), (lambda: unpause(world.home))
    world.run(begin, world.nothing, end, world.nothing, world.job_ends())
    first, second = world.of("collect")
    assert first.asked
    assert second.changes == ()
    assert not any("collecting:" in line for line in world.told)


def test_a_pass_that_gave_way_to_its_owners_is_made_up_for_and_no_failure(world: World) -> None:
    run_ended(world.home)
    world.run(world.job_ends(-15), world.nothing, world.nothing)
    assert [job.changes for job in world.of("collect")] == [(), ()]
    assert world.waits[-1] < 60  # soon, and not after the rest that follows a failure
    assert not any("collecting:" in line for line in world.told)


def test_paused_it_neither_collects_nor_trains(world: World) -> None:
    pause(world.home)
    world.run(lambda: (SAVED,), world.nothing, world.nothing)
    assert world.jobs == []
    assert state(world) == "paused"


def test_a_pause_sends_the_run_away_and_its_end_brings_everything_back(world: World) -> None:
    world.run(
        world.job_ends(),
        lambda: pause(world.home),
        world.nothing,
        world.nothing,
        lambda: unpause(world.home),
        world.job_ends(),
        *[world.nothing] * 3,
    )
    first, second = world.of("train")
    assert first.asked
    assert len(world.of("collect")) == 2
    assert second.minutes == first.minutes


def test_a_home_of_a_newer_version_is_refused(home: Home) -> None:
    with Store.open(home) as store:
        store._connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('microtune', '9999_future', '')"
        )
    with pytest.raises(MicrotuneError, match="newer microtune"):
        World(home).run()


def test_trouble_later_is_told_once_and_waited_out(world: World) -> None:
    run_ended(world.home)
    line = "cannot read the settings. Mend the file."
    states = []

    def mend() -> None:
        states.append(state(world))
        world.trouble = None

    def spoil() -> None:
        world.trouble = MicrotuneError("cannot read the settings", "Mend the file.")

    world.run(world.job_ends(), spoil, world.nothing, world.nothing, mend, world.nothing)
    assert states == ["troubled"]
    assert state(world) == "watching"
    assert world.told.count(line) == 1


def test_settings_are_read_anew_on_reload(world: World) -> None:
    DaemonSettings(new_words=1_000_000).save(world.home)

    def reload() -> None:
        DaemonSettings(new_words=10).save(world.home)
        world.daemon.reload()

    world.run(world.job_ends(), world.nothing, reload, world.nothing)
    assert len(world.of("train")) == 1


def test_removing_a_source_is_seen(world: World) -> None:
    def remove() -> None:
        with Store.open(world.home) as store:
            store.sources.remove(MAILBOX.id)

    world.run(world.job_ends(), remove, world.nothing)
    assert len(world.watched[-1]) == 1
