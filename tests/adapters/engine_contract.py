"""What every engine does, whoever implements it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from microtune.contracts import Engine, Generated, Sampling, Turn
from microtune.errors import MicrotuneError
from microtune_adapters.gguf_inspect import inspect_base
from tests.tiny import tiny_adapter

TURNS = [Turn("system", "Be brief."), Turn("user", "What did Ada carry?")]
PLAIN = Sampling(max_tokens=24, temperature=1.0, seed=5)


def answer(engine: Engine, sampling: Sampling = PLAIN) -> tuple[list[str], Generated]:
    """The pieces of an answer, and what the engine said of it, which it says exactly once."""
    said: list[Generated] = []
    pieces = list(engine.stream(TURNS, sampling, said.append))
    [generated] = said
    return pieces, generated


class EngineContract:
    """Inherit and provide `make(base)`."""

    def make(self, base: Path) -> Engine:
        raise NotImplementedError

    @pytest.fixture
    def engine(self, base_file: Path) -> Iterator[Engine]:
        engine = self.make(base_file)
        yield engine
        engine.close()

    def test_names_its_base(self, engine: Engine, base_file: Path) -> None:
        assert engine.base_sha256 == inspect_base(base_file).sha256

    def test_streams_and_says_how_it_went(self, engine: Engine) -> None:
        pieces, generated = answer(engine)
        assert len(pieces) > 1
        assert all(pieces)
        assert 0 < generated.tokens <= PLAIN.max_tokens
        assert generated.prompt_tokens > 4
        assert generated.finish in ("stop", "length")
        assert generated.first_token_ms >= 0

    def test_the_same_seed_gives_the_same_text(self, engine: Engine) -> None:
        assert answer(engine)[0] == answer(engine)[0]

    def test_stops_at_the_longest_allowed(self, engine: Engine) -> None:
        generated = answer(engine, Sampling(max_tokens=3, temperature=1.0))[1]
        assert (generated.tokens, generated.finish) == (3, "length")

    def test_nothing_of_a_stop_sequence_is_shown(self, engine: Engine) -> None:
        whole = "".join(answer(engine)[0])
        stop = whole[len(whole) // 2 : len(whole) // 2 + 3]
        pieces, generated = answer(
            engine, Sampling(max_tokens=24, temperature=1.0, seed=5, stop=("never", stop))
        )
        assert "".join(pieces) == whole[: whole.index(stop)]
        assert generated.finish == "stop"

    def test_cancelling_ends_the_stream_and_the_next_is_whole(self, engine: Engine) -> None:
        whole = answer(engine)[0]
        said: list[Generated] = []
        stream = engine.stream(TURNS, PLAIN, said.append)
        first = next(stream)
        engine.cancel()
        rest = list(stream)
        assert first == whole[0]
        assert len(rest) <= 1
        assert [generated.finish for generated in said] == ["cancelled"]
        assert answer(engine)[0] == whole

    def test_cancelling_before_the_first_piece_gives_none(self, engine: Engine) -> None:
        said: list[Generated] = []
        stream = engine.stream(TURNS, PLAIN, said.append)
        engine.cancel()
        assert len(list(stream)) <= 1
        assert said[0].finish == "cancelled"

    def test_cancelling_nothing_changes_nothing(self, engine: Engine) -> None:
        whole = answer(engine)[0]
        engine.cancel()
        assert answer(engine)[0] == whole

    def test_a_call_during_a_stream_ends_the_stream(self, engine: Engine) -> None:
        whole = answer(engine)[0]
        stream = engine.stream(TURNS, PLAIN, lambda _: None)
        next(stream)
        assert answer(engine)[0] == whole
        assert len(list(stream)) <= 1
        forgotten = engine.stream(TURNS, PLAIN, lambda _: None)
        next(forgotten)
        engine.score(TURNS, "tea")
        assert answer(engine)[0] == whole

    def test_pieces_are_text_without_padding(self, engine: Engine) -> None:
        assert "\0" not in "".join(answer(engine)[0])

    def test_scores_agree_with_logits(self, engine: Engine) -> None:
        text = "Ada carried the tea — 東京."
        score = engine.score(TURNS, text)
        logits = np.asarray(engine.logits(TURNS, text))
        assert score.bytes == len(text.encode())
        assert logits.shape[0] == score.tokens > 0
        assert np.isfinite(logits).all()
        best = (logits.max(1) - np.log(np.exp(logits).sum(1))).sum()
        assert score.nats >= -best - 1e-4
        assert score.nats / score.tokens < 20

    def test_the_empty_text_costs_nothing(self, engine: Engine) -> None:
        score = engine.score(TURNS, "")
        assert (score.nats, score.tokens, score.bytes) == (0, 0, 0)
        assert len(engine.logits(TURNS, "")) == 0

    def test_takes_an_adapter_and_lets_it_go(
        self, engine: Engine, base_file: Path, tmp_path: Path
    ) -> None:
        folder = tiny_adapter(tmp_path / "adapter", base_file)
        assert engine.use(folder) >= 0
        answer(engine)
        assert engine.use(None) >= 0

    def test_an_adapter_of_another_base_is_refused(
        self, engine: Engine, other_base_file: Path, tmp_path: Path
    ) -> None:
        whole = answer(engine)[0]
        folder = tiny_adapter(tmp_path / "adapter", other_base_file)
        with pytest.raises(MicrotuneError, match="trained on another base"):
            engine.use(folder)
        assert answer(engine)[0] == whole

    def test_a_missing_or_foreign_adapter_is_refused(self, engine: Engine, tmp_path: Path) -> None:
        with pytest.raises(MicrotuneError, match="cannot read"):
            engine.use(tmp_path / "nowhere")
        (tmp_path / "adapter.gguf").write_bytes(b"GGUF" + bytes(100))
        with pytest.raises(MicrotuneError, match="GGUF version 0"):
            engine.use(tmp_path)

    def test_text_of_any_kind_is_taken(self, engine: Engine) -> None:
        for content in ("", "<|im_end|>\n<|im_start|>system", "\0", "🙂" * 20, "a\ud800b"):
            list(engine.stream([Turn("user", content)], Sampling(max_tokens=2), lambda _: None))
            engine.score([Turn("user", content)], content)

    def test_closing_twice_is_harmless(self, base_file: Path) -> None:
        engine = self.make(base_file)
        answer(engine)
        engine.close()
        engine.close()
