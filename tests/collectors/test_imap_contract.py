"""The IMAP collector passes the contract of all collectors, against a real server."""

from pathlib import Path

import dovecot
import pytest
from collector_contract import CollectorContract, World, gather
from letters import ME, mail

from microtune.contracts import Collector
from microtune_collectors import imap_fetch
from microtune_collectors.imap import ImapCollector, open_imap


class ImapWorld(World):
    def __init__(self, account: dovecot.Mail) -> None:
        super().__init__(account.root)
        self.account = account
        self.messages: dict[str, Path] = {}

    def collector(self) -> Collector:
        source = open_imap(self.account.url(), (ME,))
        return ImapCollector(source, secret=lambda account: dovecot.PASSWORD)

    def put(self, name: str, text: str) -> None:
        """A message on a server does not change: the old one goes and another comes."""
        if name in self.messages:
            self.messages[name].unlink()
        self.messages[name] = self.account.deliver(mail(name, text).as_bytes())

    def spoil(self, name: str) -> None:
        self.account.deliver(b"\xff\xfe: \x00 no message at all\n")


class TestImap(CollectorContract):
    @pytest.fixture
    def world(self, account: dovecot.Mail) -> World:
        return ImapWorld(account)

    def test_the_world_is_where_the_server_keeps_it(self, filled: ImapWorld) -> None:
        """So that `snapshot` sees what a collector would change there."""
        assert all(path.is_relative_to(filled.root) for path in filled.messages.values())
        assert len(list(filled.root.rglob("*.host*"))) == 3


class TestImapInBatchesOfOne(TestImap):
    @pytest.fixture
    def world(self, account: dovecot.Mail, monkeypatch: pytest.MonkeyPatch) -> World:
        monkeypatch.setattr(imap_fetch, "BATCH_MESSAGES", 1)
        monkeypatch.setattr(imap_fetch, "LISTED", 2)
        return ImapWorld(account)

    def test_every_message_is_marked(self, filled: World) -> None:
        events = list(filled.collector().collect({}))
        assert len(events) >= 2 * len(gather(events).found)
