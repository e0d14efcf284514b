"""A base is found by name or path, and pocket only as it was shipped."""

import hashlib
from pathlib import Path

import pytest

from microtune.errors import MicrotuneError
from microtune_adapters import bases
from microtune_adapters.gguf_inspect import inspect_base


@pytest.fixture
def pocket(base_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder with a tiny base in pocket's place."""
    path = tmp_path / "pocket.gguf"
    path.write_bytes(base_file.read_bytes())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".sha256").write_text(f"{digest}  pocket.gguf\n")
    monkeypatch.setattr(bases, "pocket_path", lambda: path)
    return path


def test_pocket_is_verified(pocket: Path) -> None:
    assert bases.resolve("pocket") == inspect_base(pocket)


def test_another_pocket_than_the_shipped_one_is_refused(
    pocket: Path, other_base_file: Path
) -> None:
    pocket.write_bytes(other_base_file.read_bytes())
    with pytest.raises(MicrotuneError, match="not the pocket that was shipped"):
        bases.resolve("pocket")


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_an_installation_without_pocket_says_so(pocket: Path, content: bytes | None) -> None:
    digest = pocket.with_suffix(".sha256")
    digest.unlink()
    if content is not None:
        digest.write_bytes(content)
    with pytest.raises(MicrotuneError, match="carries no pocket"):
        bases.resolve("pocket")


def test_a_file_is_inspected(base_file: Path) -> None:
    assert bases.resolve(base_file) == bases.resolve(str(base_file)) == inspect_base(base_file)


@pytest.mark.parametrize("name", ["pockets", "Qwen/Qwen3-0.6B", ""])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(MicrotuneError, match="no base is called") as caught:
        bases.resolve(name)
    assert "Use pocket or the path of a .gguf file" in caught.value.remedy


def test_a_missing_file_is_named() -> None:
    with pytest.raises(MicrotuneError, match=r"cannot read .*nowhere\.gguf"):
        bases.resolve("nowhere.gguf")


def test_pocket_lies_in_the_package() -> None:
    assert bases.pocket_path().parent.name == "pocket"
    assert bases.pocket_path().parent.parent == Path(bases.__file__).parent
