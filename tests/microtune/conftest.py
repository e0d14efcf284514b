"""A home and an open store for the tests of the core."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.store import Store
from tests.microtune.daemon_world import World, write_letters


@pytest.fixture
def home(own_home: Path) -> Home:
    """Not created yet."""
    return Home(own_home)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with Store.open(home) as opened:
        yield opened


@pytest.fixture
def world(home: Home) -> World:
    """A daemon's surroundings; thirty letters are collected, which is enough to train on."""
    write_letters(home, range(30))
    return World(home)
