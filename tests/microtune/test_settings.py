"""Settings: saved whole, private, and refused clearly when they cannot be read."""

import pytest

from microtune.errors import MicrotuneError
from microtune.locations import Home
from microtune.settings import POCKET, Settings

POCKET_SETTINGS = Settings("pocket", POCKET, "0" * 64)


def test_a_home_without_settings_has_none(home: Home) -> None:
    assert Settings.load(home) is None


def test_settings_come_back(home: Home) -> None:
    POCKET_SETTINGS.save(home)
    Settings("Qwen", "/models/é.gguf", "f" * 64).save(home)
    assert Settings.load(home) == Settings("Qwen", "/models/é.gguf", "f" * 64)
    assert home.settings.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in home.path.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"{}",
        b'{"base_name": "a", "base_path": "b"}',
        b'{"base_name": "a", "base_path": "b", "base_sha256": 3}',
        b'{"base_name": "a", "base_path": "", "base_sha256": "c"}',
        b'{"base_name": "a", "base_path": "b", "base_sha256": "c", "rank": 8}',
        b"\xff\xfe",
    ],
)
def test_unreadable_settings_give_a_line_with_a_remedy(home: Home, content: bytes) -> None:
    home.create().settings.write_bytes(content)
    with pytest.raises(MicrotuneError, match=r"settings\.json") as caught:
        Settings.load(home)
    assert "microtune init" in caught.value.remedy


def test_a_home_that_is_a_file_cannot_take_settings(home: Home) -> None:
    home.path.write_text("in the way")
    with pytest.raises(MicrotuneError, match="cannot write to the home"):
        POCKET_SETTINGS.save(home)
