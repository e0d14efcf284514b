"""What tokens spell, as llama.cpp gives it."""

from contextlib import closing
from pathlib import Path

from microtune_adapters.engine.native import NativeModel
from tests.tiny import sentences, tiny_base


def test_the_pieces_of_a_text_spell_that_text_and_nothing_else(tmp_path: Path) -> None:
    text = f"{sentences(1)[0]}  Zoë \N{SNOWMAN} {'a' * 100}"
    with closing(NativeModel(tiny_base(tmp_path / "base.gguf"), 64, 1)) as native:
        pieces = [native.piece(token) for token in native.tokenise(text)]
    assert b"".join(pieces) == text.encode()
