"""An IMAP account in the assistant: signed in to, agreed to or let go, and its password nowhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from dovecot import PASSWORD, SENT, Mail
from memory_keyring import MemoryKeyring
from textual.pilot import Pilot

from microtune_tui.wiring import Wiring
from tests.collectors.letters import ME
from tests.tiny import tiny_base
from tests.tui.homes import home_with_letters
from tests.tui.steps import scripted, status, until
from tests.tui.test_sources_room import answered, choose, enter, listed, type_line


@pytest.fixture
def wiring(own_home: Path, tmp_path: Path) -> Wiring:
    wiring = home_with_letters(own_home)
    wiring.choose_base(str(tiny_base(tmp_path / "tiny.gguf")))
    return wiring


@asynccontextmanager
async def signing_in(wiring: Wiring, account: Mail, password: str) -> AsyncIterator[Pilot[None]]:
    """In Sources: name the account, say whose texts count there, and give the password."""
    async with scripted(wiring).run_test() as pilot:
        await enter(pilot)
        await pilot.press("a")
        await type_line(pilot, account.url())
        await type_line(pilot, ME)
        await type_line(pilot, password)
        yield pilot


async def test_a_wrong_password_costs_a_line(
    wiring: Wiring, account: Mail, memory_keyring: MemoryKeyring
) -> None:
    async with signing_in(wiring, account, "wrong") as pilot:
        await until(pilot, lambda: "refused to log" in status(pilot))
        assert not any("imap" in place for place in listed(pilot))
    assert memory_keyring.kept == {}


async def test_what_is_not_agreed_to_is_signed_out_of(
    wiring: Wiring, account: Mail, memory_keyring: MemoryKeyring
) -> None:
    async with signing_in(wiring, account, PASSWORD) as pilot:
        await until(pilot, lambda: f"Signed in. What you sent is in: {SENT}." in status(pilot))
        assert list(memory_keyring.kept.values()) == [PASSWORD]
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
        await pilot.press("escape")
        await answered(pilot)
        await until(pilot, lambda: memory_keyring.kept == {})
    with wiring.store() as store:
        assert not any(source.kind == "imap" for source in store.sources.all())
    kept = [path for path in wiring.home.path.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in path.read_bytes() for path in kept)


async def test_what_is_agreed_to_is_a_source(
    wiring: Wiring, account: Mail, memory_keyring: MemoryKeyring
) -> None:
    async with signing_in(wiring, account, PASSWORD) as pilot:
        await choose(pilot, "learn")
        await until(pilot, lambda: any(place.startswith("imap") for place in listed(pilot)))
        # the pass that follows is a process of its own, which sees no keyring in memory
        await until(pilot, lambda: status(pilot).startswith("Read: 0 new"))
    assert list(memory_keyring.kept.values()) == [PASSWORD]
