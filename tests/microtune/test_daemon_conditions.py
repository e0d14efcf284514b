"""The conditions: each holds or not by its figure, and says so in plain words."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtune.daemon.attempts import LONGEST_WAIT_S, Attempts
from microtune.daemon.conditions import Check, Facts, check_all, conditions, unmet
from microtune.daemon.input_idle import idle_seconds
from microtune.daemon.need import Need
from microtune.daemon.quiet_hours import QuietHours
from microtune.daemon.readings import Battery, Heat
from microtune.daemon.settings import DaemonSettings
from microtune.errors import MicrotuneError
from microtune.locations import Home
from tests.microtune.daemon_world import BASE, CALM

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENOUGH = Need(BASE, documents=30, new_words=5000)
FINE = Facts(ENOUGH, CALM, memory_mb=1000)


def check(name: str, facts: Facts, **settings: object) -> Check:
    found = check_all(conditions(DaemonSettings().changed(settings)), facts)
    return next(one for one in found if one.name == name)


def read(**changes: object) -> Facts:
    return replace(FINE, reading=replace(CALM, **changes))  # type: ignore[arg-type]


def test_all_hold_on_a_calm_machine() -> None:
    checks = check_all(conditions(DaemonSettings()), FINE)
    assert unmet(checks) == ""
    assert len({one.name for one in checks}) == len(checks) == 10


@pytest.mark.parametrize(
    ("need", "met", "words"),
    [
        (ENOUGH, True, "5000 new words (2000 are enough)"),
        (replace(ENOUGH, new_words=1999), False, "1999 new words"),
        (replace(ENOUGH, new_words=0, unfinished=True), True, "an interrupted run goes on"),
        (replace(ENOUGH, new_words=0, base_changed=True), True, "the base changed"),
        (replace(ENOUGH, new_words=0, forgotten=True), True, "texts that were forgotten"),
        (replace(ENOUGH, documents=19), False, "19 documents, and 20 are needed"),
        (replace(ENOUGH, base="", unfinished=True), False, "`microtune init`"),
    ],
)
def test_something_new(need: Need, met: bool, words: str) -> None:
    found = check("something new", replace(FINE, need=need))
    assert found.met is met
    assert words in found.words


def test_the_load_counts_to_begin_and_the_work_of_others_to_go_on() -> None:
    assert not check("processor", read(load=0.8)).met
    assert check("processor", read(load=0.8), idle_load="1").met
    assert not check("processor", read(others=0.8)).met
    going_on = replace(read(load=1.4, others=0.1), training=True)
    assert check("processor", going_on).met
    found = check("processor", replace(read(load=1.4, others=0.7), training=True))
    assert not found.met
    assert found.words == "others take 70% of it (limit 50%)"


def test_somebody_at_the_keyboard() -> None:
    assert check("input", read(input_idle_s=200.0)).met
    found = check("input", read(input_idle_s=5.0))
    assert (found.met, found.words) == (False, "none for 5 s (at least 3 min)")
    assert check("input", read(input_idle_s=None)).met
    assert check("input", read(input_idle_s=5.0), idle_minutes=0).met


@pytest.mark.parametrize(
    ("percent", "on_mains", "limit", "training", "met"),
    [
        (5, True, 80, False, True),
        (90, False, 80, False, True),
        (82, False, 80, False, False),  # too near to begin
        (82, False, 80, True, True),
        (80, False, 80, True, False),
        (100, False, 80, False, True),
        (100, False, 98, False, True),
        (100, False, 100, False, False),  # on mains only
    ],
)
def test_power(percent: float, on_mains: bool, limit: int, training: bool, met: bool) -> None:
    facts = replace(read(battery=Battery(percent, on_mains)), training=training)
    found = check("power", facts, battery_percent=limit)
    assert found.met is met
    assert f"{percent} %" in found.words


def test_heat_wants_more_distance_to_begin_than_to_go_on() -> None:
    warm = read(heat=Heat("coretemp", 80.0, 90.0))
    assert not check("temperature", warm).met
    assert check("temperature", replace(warm, training=True)).met
    assert not check("temperature", replace(read(heat=Heat("cpu", 88, 90)), training=True)).met


def test_quiet_hours() -> None:
    night = {"quiet_hours": "22:00-07:00"}
    assert not check("quiet hours", read(time_of_day=time(23, 0)), **night).met
    assert not check("quiet hours", read(time_of_day=time(6, 59)), **night).met
    assert check("quiet hours", read(time_of_day=time(7, 0)), **night).met
    assert check("quiet hours", read(time_of_day=time(23, 0))).met


@given(st.times(), st.times(), st.times())
def test_any_moment_is_in_some_hours_or_in_the_others(begin: time, end: time, at: time) -> None:
    begin, end = (time(t.hour, t.minute) for t in (begin, end))
    if begin == end:
        return
    hours = QuietHours.parse(f"{begin:%H:%M}-{end:%H:%M}")
    others = QuietHours.parse(f"{end:%H:%M} - {begin:%H:%M}")
    assert hours is not None
    assert others is not None
    assert hours.hold(at) is not others.hold(at)


@given(st.text(max_size=12))
def test_any_text_is_hours_or_is_refused(text: str) -> None:
    try:
        hours = QuietHours.parse(text)
    except ValueError:
        return
    assert hours is None or QuietHours.parse(str(hours)) == hours


def test_memory_and_disk() -> None:
    assert not check("memory", replace(read(memory_mb=900), memory_mb=1000)).met
    assert check("memory", replace(read(memory_mb=900), memory_mb=1000, training=True)).met
    assert not check("memory", replace(read(memory_mb=200), training=True)).met
    assert not check("disk", read(disk_mb=999)).met
    assert check("disk", replace(read(disk_mb=999), training=True)).met


def test_a_run_of_another_process_is_waited_for() -> None:
    found = check("other runs", replace(FINE, other_trainer=77))
    assert (found.met, found.words) == (False, "process 77 trains")


def test_after_a_failure_the_reason_and_the_wait_are_told() -> None:
    found = check("failures", replace(FINE, failure="no memory", retry_in_s=1800.0))
    assert not found.met
    assert "30 min" in found.words
    assert "no memory" in found.words
    assert check("failures", replace(FINE, failure="no memory")).met


def test_a_run_under_way_needs_no_new_reason() -> None:
    nothing_new = Need(BASE, 30, 0)
    checks = check_all(conditions(DaemonSettings()), Facts(nothing_new, CALM, training=True))
    assert unmet(checks) == ""


# Waiting after failures


@given(st.integers(0, 10_000))
def test_waits_grow_to_a_limit(count: int) -> None:
    waits = [Attempts(failures=n).wait_s for n in (count, count + 1)]
    assert 0 <= waits[0] <= waits[1] <= LONGEST_WAIT_S


def test_what_is_left_of_a_wait_survives_clock_jumps() -> None:
    once = Attempts().failed("x", NOW)
    assert once.wait_left_s(NOW + timedelta(seconds=20)) == 40
    assert once.wait_left_s(NOW + timedelta(days=9)) == 0
    assert once.wait_left_s(NOW - timedelta(days=9)) == 60
    assert once.cleared().wait_left_s(NOW) == 0


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"failures": "x"}', "null"])
def test_damaged_memories_are_none(home: Home, damage: str) -> None:
    home.create()
    Attempts().failed("x", NOW).save(home)
    (home.daemon / "attempts.json").write_text(damage)
    assert Attempts.load(home) == Attempts()


def test_memories_of_an_earlier_daemon_are_read(home: Home) -> None:
    home.create()
    home.daemon.mkdir()
    kept = {"failures": 2, "failure": "x", "failed_at": "", "settled": "ab", "peak_mb": 9}
    (home.daemon / "attempts.json").write_text(json.dumps(kept))
    assert Attempts.load(home) == Attempts(2, "x", "", "ab", 9)


# Settings


def test_settings_are_kept(home: Home) -> None:
    home.create()
    wanted = DaemonSettings().changed({"quiet_hours": "22:00-07:00", "new_words": "500"})
    wanted.save(home)
    assert DaemonSettings.load(home) == wanted


NONSENSE = """
{"new_wrods": 1}
{"new_words": "many"}
{"quiet_hours": "at night"}
{"minutes": 0}
{"idle_load": -1}
{"idle_load": NaN}
{"new_words": true}
[1]
1
{
"""


@pytest.mark.parametrize("text", NONSENSE.split("\n"))
def test_settings_that_mean_nothing_are_refused_in_one_line(home: Home, text: str) -> None:
    home.create()
    home.daemon.mkdir()
    (home.daemon / "settings.json").write_text(text)
    with pytest.raises(MicrotuneError, match="cannot use the daemon's settings"):
        DaemonSettings.load(home)


# Input


@pytest.mark.parametrize(
    ("properties", "seconds"),
    [
        ("IdleHint=no\nIdleSinceHintMonotonic=0\n", 0.0),
        ("IdleHint=yes\nIdleSinceHintMonotonic=40000000\n", 60.0),
        ("", None),
        ("IdleHint=perhaps\n", None),
        ("IdleHint=yes\n", None),
    ],
)
def test_what_logind_says(properties: str, seconds: float | None) -> None:
    assert idle_seconds(properties, 100.0) == seconds
