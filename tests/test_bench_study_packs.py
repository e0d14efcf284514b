"""A person's pack for the study of recipes: it holds what training needs, and no text."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from microtune_adapters.gguf_inspect import inspect_base
from microtune_adapters.torch_base import load_torch_base
from tests.house.test_bench import BENCH
from tests.microtune.invented import document, letter
from tests.tiny import tiny_base

LETTERS = [document(letter(number), f"{number}.txt") for number in range(100)]


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench's own modules can be imported."""
    monkeypatch.syspath_prepend(str(BENCH))


def nearest_of(texts: Any) -> Any:
    """Retrieval that finds the first text among `texts` that is not left out."""
    return lambda _query, leave_out: [next(d.text for d in texts if d.id != leave_out)]


def packing_of_letters(base: Path) -> tuple[Any, Any]:
    """What packs LETTERS, and the torch base that they are packed for."""
    import study_pack
    import study_packing

    found, loaded = inspect_base(base), load_torch_base(base)
    about = study_pack.About("ada", "tune", found.sha256, found.parameters, 512, 3)
    return study_packing.Packing(about, "tune", LETTERS, nearest_of, loaded.codec), loaded


def test_a_pack_says_the_same_once_it_is_loaded(tmp_path: Path) -> None:
    import study_pack
    from study_variants import chosen

    packing, _ = packing_of_letters(tiny_base(tmp_path / "tiny.gguf"))
    pack = packing.packed(chosen(["now", "newest 10", "always passages", "now, seed 1"]), 3)
    pack.save(tmp_path / "there" / "ada.npz")
    assert study_pack.Pack.load(tmp_path / "there" / "ada.npz") == pack
    assert study_pack.about(tmp_path / "there" / "ada.npz") == pack.about
    assert (pack.of(None).documents, pack.of(10).documents, pack.of(10).scored) == (73, 8, 3)
    assert len(pack.streams) == 4


def test_a_pack_holds_the_rows_that_whole_epochs_begin_with(tmp_path: Path) -> None:
    import study_data
    import study_examples
    from study_pack import key_of
    from study_variants import NOW, VARIANTS

    from microtune_adapters.rows import encoded, packed, rows_of

    packing, base = packing_of_letters(tiny_base(tmp_path / "tiny.gguf"))
    pack = packing.packed([NOW, VARIANTS["epochs 1"], VARIANTS["3 × the steps"]], 50)
    texts = study_data.roles(LETTERS, "tune", 3)
    recipe = pack.recipe(None)

    def epoch(number: int) -> Any:
        made = study_examples.examples(texts.studied, nearest_of(texts.studied), 0, number)
        return packed((encoded(base.codec, one, recipe.row) for one in made), recipe.row)

    stream = pack.stream(key_of(NOW, recipe))
    first = epoch(0)
    assert 100 > len(stream.first(100, 1)) == len(first) == stream.ends[0]
    assert len(stream.rows) == 300
    whole = first.joined(epoch(1)).take(slice(0, 100))
    for name in ("ids", "targets", "positions", "segments"):
        rows = rows_of(stream.first(100, recipe.epochs), recipe.row)
        assert (getattr(rows, name) == getattr(whole, name)).all()


def test_epochs_that_are_all_like_the_first_are_whole_and_end_when_they_are_over() -> None:
    from study_pack import NotPacked, Stream

    from microtune_adapters.rows import Encoded

    a, b, c, d = ((Encoded((number, 1), 1),) for number in range(4))
    stream = Stream((a, b, c, d), (3,))
    assert list(stream.repeated(5, 4)) == [a, b, c, a, b]
    assert list(stream.repeated(99, 2)) == [a, b, c, a, b, c]
    assert list(stream.repeated(2, 4)) == [a, b]
    with pytest.raises(NotPacked):
        Stream((a, b), ()).repeated(3, 2)


def test_a_pack_for_fewer_steps_is_never_taken_for_a_short_run(tmp_path: Path) -> None:
    from study_pack import NotPacked, key_of
    from study_variants import NOW, VARIANTS

    packing, _ = packing_of_letters(tiny_base(tmp_path / "tiny.gguf"))
    pack = packing.packed([NOW], 2)
    with pytest.raises(NotPacked, match="4 rows of the 6"):
        pack.stream(key_of(NOW, pack.recipe(None))).first(6, 8)
    with pytest.raises(NotPacked, match="no rows"):
        pack.stream(key_of(VARIANTS["form: brief"], pack.recipe(None)))
    with pytest.raises(NotPacked, match="newest 10"):
        pack.of(10)


def test_what_is_scored_is_the_same_once_it_is_loaded(tmp_path: Path) -> None:
    from study_scoring import Scored
    from study_variants import NOW

    packing, _ = packing_of_letters(tiny_base(tmp_path / "tiny.gguf"))
    scored = packing.packed([NOW], 1).of(None).plain
    scored.save(tmp_path / "general.json")
    assert scored.bytes > 0
    assert Scored.load(tmp_path / "general.json") == scored


@pytest.mark.parametrize("held", [b"", b"no pack", b"PK\x03\x04 cut short"])
def test_a_file_that_is_no_pack_is_said(tmp_path: Path, held: bytes) -> None:
    import study_pack

    (tmp_path / "ada.npz").write_bytes(held)
    with pytest.raises(study_pack.NotPacked, match=r"ada\.npz is no pack"):
        study_pack.about(tmp_path / "ada.npz")


def test_who_trains_needs_neither_store_nor_screen() -> None:
    program = "import study_person, sys, torch, peft, transformers; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=BENCH, capture_output=True, text=True, check=True
    )
    ours = ("microtune.store", "microtune_tui", "microtune_collectors", "sqlite3", "textual")
    assert not [name for name in done.stdout.split() if name.startswith(ours)]
