"""A home and an open store for the tests of the core."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from microtune.locations import Home
from microtune.store import Store


@pytest.fixture
def home(own_home: Path) -> Home:
    """Not created yet."""
    return Home(own_home)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with Store.open(home) as opened:
        yield opened
