"""What the daemon's loop survives: jumps of the clock, suspension, a source that is away for a
week, a newer home, a disk that takes nothing. Kills are in tests/cli, damaged checkpoints in
tests/adapters/test_training_resumed_weights.py.
"""

from contextlib import closing
from sqlite3 import connect

import pytest

from microtune.daemon.jobs import Ended
from microtune.daemon.standing import Standing
from microtune.errors import MicrotuneError
from tests.microtune.daemon_world import Step, World, run_ended, state, write_letters

DAY_S = 24 * 3600.0
AWAY = "folder /ada/letters is gone"


def put_clock(world: World, days: float) -> Step:
    """Somebody, or a time server, sets the time of day."""

    def step() -> None:
        world.set_by_s += days * DAY_S

    return step


def suspended(world: World, hours: float, counts: bool) -> Step:
    """The lid is closed for a while; `counts`: the clock runs on meanwhile, as on some systems."""

    def step() -> None:
        world.slept += hours * 3600
        world.seconds += hours * 3600 * counts

    return step


def reading_ends(world: World) -> Step:
    """Whatever pass is under way comes to its end."""

    def step() -> None:
        for job in world.of("collect"):
            job.end = job.end or Ended(0)

    return step


def line(world: World) -> str:
    """What the daemon last wrote down of itself, for people."""
    standing = Standing.load(world.home)
    assert standing is not None
    return standing.line


@pytest.mark.parametrize("days", [-3650, -1, 1, 3650])
def test_a_jump_of_the_clock_disturbs_no_run_and_repeats_no_pass(world: World, days: float) -> None:
    world.run(world.job_ends(), world.nothing, put_clock(world, days), *[world.nothing] * 20)
    (training,) = world.of("train")
    assert state(world) == "training"
    assert not any("leaves" in line for line in world.told[:-1])  # but for the daemon's own end
    assert len(world.of("collect")) == 1
    assert not training.killed


@pytest.mark.parametrize("days", [-3650, -1, 1, 3650])
def test_a_jump_of_the_clock_neither_shortens_nor_lengthens_a_rest(
    world: World, days: float
) -> None:
    began = []

    def fail_then_jump() -> None:
        if len(world.of("train")) > len(began):
            began.append(world.seconds)
            world.job_ends(1, "no such thing")()
            put_clock(world, days)()

    world.run(world.job_ends(), *[fail_then_jump] * 40)
    assert 60 <= began[1] - began[0] < 120
    assert 240 <= began[2] - began[1] < 300


@pytest.mark.parametrize("counts", [True, False])
def test_suspended_amid_a_run_it_goes_on_and_everything_is_read(world: World, counts: bool) -> None:
    world.run(
        world.job_ends(),
        world.nothing,
        suspended(world, 8, counts),
        *[reading_ends(world)] * 20,
    )
    (training,) = world.of("train")
    assert not training.killed
    assert not any("leaves" in line for line in world.told[:-1])
    assert [job.changes for job in world.of("collect")] == [(), ()]


@pytest.mark.parametrize("counts", [True, False])
def test_suspended_while_a_run_leaves_it_goes_on_afterwards(world: World, counts: bool) -> None:
    world.stubborn = True
    world.run(
        world.job_ends(),
        world.nothing,
        world.machine(others=1.0),
        suspended(world, 8, counts),
        world.machine(others=0.0),
        *[reading_ends(world)] * 30,
    )
    first, second = world.of("train")
    assert first.killed  # and goes back to its checkpoint
    assert second.minutes == first.minutes
    assert "failed" not in " ".join(world.told)


def test_a_source_that_is_away_for_a_week_is_looked_for_and_then_read(world: World) -> None:
    run_ended(world.home)
    lines = []

    def an_hour_away() -> None:
        world.seconds += 3600
        if world.jobs and world.jobs[-1].end is None:
            world.job_ends(1, AWAY)()

    def back() -> None:
        lines.append(line(world))
        if world.jobs[-1].end is None:
            world.job_ends(new=5)()

    world.run(*[an_hour_away] * (7 * 24), *[back] * 200)
    assert world.told.count(f"collecting: {AWAY}") == 1
    assert 7 * 12 < len(world.of("collect")) <= 7 * 24 + 2
    assert world.told[-1] == "collected 5 new and 0 updated texts"
    assert lines[0].endswith(f"; cannot collect: {AWAY}")
    assert "cannot collect" not in lines[-1]
    assert state(world) == "watching"


def test_a_home_that_becomes_newer_while_it_runs_is_told_and_left_alone(world: World) -> None:
    run_ended(world.home)
    states = []

    def upgrade() -> None:
        write_letters(world.home, range(30, 60))  # reason enough to train
        names = "(migration_set, name, applied_at)"
        change(world, f"INSERT INTO _sqlite_migrations {names} VALUES ('microtune', '9999', '')")

    def downgrade() -> None:
        standing = Standing.load(world.home)
        assert standing is not None
        states.append((standing.state, standing.line))
        assert not world.of("train")
        change(world, "DELETE FROM _sqlite_migrations WHERE name = '9999'")

    world.run(world.job_ends(), upgrade, *[world.nothing] * 3, downgrade, *[world.nothing] * 3)
    ((name, line),) = states
    assert name == "troubled"
    assert "newer microtune" in line
    assert sum("newer microtune" in told for told in world.told) == 1
    assert len(world.of("train")) == 1


def change(world: World, statement: str) -> None:
    with closing(connect(world.home.database)) as database, database:
        database.execute(statement)


def test_what_a_killed_daemon_did_is_not_taken_for_what_the_next_one_does(world: World) -> None:
    world.home.daemon.mkdir()
    Standing("training", "an interrupted run goes on", "", child=4242).save(world.home)
    world.trouble = MicrotuneError("cannot read the settings", "Mend the file.")
    with pytest.raises(MicrotuneError):
        world.run()
    standing = Standing.load(world.home)
    assert standing is not None
    assert (standing.state, standing.child) == ("starting", None)


def test_where_it_can_write_down_nothing_of_itself_it_goes_on(world: World) -> None:
    world.home.daemon.write_text("no folder, so that every write in it fails")
    ended = lambda: run_ended(world.home)  # noqa: E731
    world.run(world.job_ends(), ended, world.job_ends(peak_rss_mb=900), *[world.nothing] * 3)
    assert len(world.of("train")) == 1
    assert sum("promoted for a reason" in line for line in world.told) == 1
