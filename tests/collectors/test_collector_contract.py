"""Every collector passes the same contract."""

import lzma
from dataclasses import replace
from pathlib import Path

import pytest
from collector_contract import CollectorContract, World
from letters import ME, mail, write_mbox

from microtune.contracts import Collector
from microtune.words import Found, Skip, Source
from microtune_collectors import mbox
from microtune_collectors.memory import MemoryCollector
from microtune_collectors.registry import open_collector


class FolderWorld(World):
    def collector(self) -> Collector:
        return open_collector(Source("folder", str(self.root)))

    def put(self, name: str, text: str) -> None:
        (self.root / f"{name}.txt").write_text(text)

    def spoil(self, name: str) -> None:
        (self.root / f"{name}.txt").write_bytes(b"\x00\x01\x02" * 100)


class EmlWorld(World):
    def collector(self) -> Collector:
        return open_collector(Source("eml", str(self.root), (ME,)))

    def put(self, name: str, text: str) -> None:
        (self.root / f"{name}.eml").write_bytes(mail(name, text).as_bytes())

    def spoil(self, name: str) -> None:
        (self.root / f"{name}.eml").write_bytes(b"\xff\xfe\x00 no message at all")


class MaildirWorld(World):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        for folder in ("cur", "new", "tmp"):
            (root / folder).mkdir()

    def collector(self) -> Collector:
        return open_collector(Source("maildir", str(self.root), (ME,)))

    def put(self, name: str, text: str) -> None:
        (self.root / "cur" / f"{name}.host:2,S").write_bytes(mail(name, text).as_bytes())

    def spoil(self, name: str) -> None:
        (self.root / "new" / f"{name}.host").write_bytes(b"\xff\xfe\x00 no message at all")


class MboxWorld(World):
    packed = False

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.messages: dict[str, bytes] = {}
        self.path = root / "sent.mbox"

    def collector(self) -> Collector:
        place = self.path.with_name("sent.mbox.xz") if self.packed else self.path
        return open_collector(Source("mbox", str(place), (ME,)))

    def put(self, name: str, text: str) -> None:
        self.messages[name] = mail(name, text).as_bytes()
        self._write()

    def spoil(self, name: str) -> None:
        self.messages = {name: b"\xff\xfe: \x00 no message at all\n", **self.messages}
        self._write()

    def _write(self) -> None:
        write_mbox(self.path, self.messages)
        if self.packed:
            packed = self.path.with_name("sent.mbox.xz")
            packed.write_bytes(lzma.compress(self.path.read_bytes()))


class PackedMboxWorld(MboxWorld):
    packed = True


class MemoryWorld(World):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.items: dict[str, Found | Skip] = {}

    def collector(self) -> Collector:
        return MemoryCollector(Source("folder", "/memory"), list(self.items.values()))

    def put(self, name: str, text: str) -> None:
        before = self.items.get(name, Found(name, text))
        assert isinstance(before, Found)
        self.items[name] = replace(before, text=text)

    def spoil(self, name: str) -> None:
        self.items[name] = Skip(name, "not text")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    return folder


class TestFolder(CollectorContract):
    @pytest.fixture
    def world(self, root: Path) -> World:
        return FolderWorld(root)


class TestFolderOfMail(CollectorContract):
    """A folder that holds .eml files beside texts."""

    @pytest.fixture
    def world(self, root: Path) -> World:
        class Mixed(EmlWorld):
            def collector(self) -> Collector:
                return open_collector(Source("folder", str(self.root), (ME,)))

        return Mixed(root)


class TestEml(CollectorContract):
    @pytest.fixture
    def world(self, root: Path) -> World:
        return EmlWorld(root)


class TestMaildir(CollectorContract):
    @pytest.fixture
    def world(self, root: Path) -> World:
        return MaildirWorld(root)


class TestMbox(CollectorContract):
    @pytest.fixture
    def world(self, root: Path) -> World:
        return MboxWorld(root)


class TestMboxMarkedAfterEveryMessage(CollectorContract):
    @pytest.fixture
    def world(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> World:
        monkeypatch.setattr(mbox, "MARK_EVERY", 1)
        return MboxWorld(root)


class PackedContract(CollectorContract):
    """A packed mailbox that changes is read anew: it cannot be entered in the middle."""

    def test_a_new_item_is_found_alone(self, filled: World) -> None:
        filled.put("four", "A letter more.")
        assert "A letter more." in {f.text.strip() for f in filled.collector().collect({})
                                    if isinstance(f, Found)}  # fmt: skip


class TestPackedMbox(PackedContract):
    @pytest.fixture
    def world(self, root: Path) -> World:
        return PackedMboxWorld(root)


class TestMemory(CollectorContract):
    @pytest.fixture
    def world(self, root: Path) -> World:
        return MemoryWorld(root)
