"""The engine on mlx-lm computes what llama.cpp and the trainers compute, and lets nothing leak."""

import copy
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from microtune.contracts import Engine, Generated, Sampling, Turn
from microtune.errors import MicrotuneError
from microtune_adapters import backends
from microtune_adapters.engine.drawing import Drawing
from microtune_adapters.engine.llama import LlamaEngine
from microtune_adapters.engine.remote import RemoteEngine
from microtune_adapters.fidelity import Reference, compare
from microtune_adapters.reference import take_reference
from tests.adapters.engine_contract import PLAIN, TURNS, answer
from tests.adapters.test_fidelity import served
from tests.adapters.trainer_contract import RECIPE, ROWS, VALIDATION
from tests.adapters.writers import document, echo
from tests.tiny import tiny_adapter

pytest.importorskip("mlx_lm", reason="mlx-lm does not load here", exc_type=ImportError)

from microtune_adapters.engine.mlx import MlxEngine
from microtune_adapters.mlx_base import MlxBase
from microtune_adapters.mlx_trainer import MlxTrainer

CONTEXT = 512
TEXT = "Ada carried 12 lamps, “an old letter” and the tea.\n\nBo"


@pytest.fixture(scope="module")
def engine(base_file: Path) -> Iterator[MlxEngine]:
    with closing(MlxEngine(base_file, CONTEXT)) as engine:
        yield engine


@pytest.fixture(scope="module")
def llama(base_file: Path) -> Iterator[LlamaEngine]:
    with closing(LlamaEngine(base_file, CONTEXT, 1)) as engine:
        yield engine


@pytest.fixture(autouse=True)
def _bare(engine: MlxEngine, llama: LlamaEngine) -> Iterator[None]:
    yield
    engine.use(None)
    llama.use(None)


def logits(engine: Engine) -> np.ndarray:
    return np.asarray(engine.logits(TURNS, TEXT))


def test_swaps_are_exact_and_nothing_leaks(
    engine: MlxEngine, base_file: Path, tmp_path: Path
) -> None:
    a, b = (tiny_adapter(tmp_path / str(seed), base_file, seed) for seed in range(2))
    base = logits(engine)
    seen = {}
    for name, adapter, scale in (
        *(("A", a, 1.0), ("B", b, 1.0), ("none", None, 1.0), ("half", a, 0.5), ("zero", a, 0.0)),
        *(("A again", a, 1.0), ("none again", None, 1.0)),
    ):
        engine.use(adapter, scale)
        answer(engine)  # fills the cache under this adapter
        seen[name] = logits(engine)
    for same in (("none", "none again"), ("A", "A again")):
        assert np.array_equal(*(seen[name] for name in same))
    assert np.array_equal(seen["none"], base)
    assert np.array_equal(seen["zero"], base)
    for name in ("A", "B", "half"):
        assert np.abs(seen[name] - base).max() > 0.1
    engine.use_several([(a, 1.0), (b, 0.5)])
    both = logits(engine)
    engine.use_several([(b, 0.5), (a, 1.0)])
    assert np.abs(logits(engine) - both).max() < 1e-3


@pytest.mark.parametrize("adapted", [False, True])
def test_it_computes_what_llama_cpp_computes(
    engine: MlxEngine, llama: LlamaEngine, base_file: Path, tmp_path: Path, adapted: bool
) -> None:
    adapter = tiny_adapter(tmp_path / "adapter", base_file) if adapted else None
    engine.use(adapter)
    llama.use(adapter)
    ours, theirs = logits(engine), logits(llama)
    assert np.abs(ours - theirs).max() < 1e-4
    assert (ours.argmax(1) == theirs.argmax(1)).all()
    ours, theirs = engine.score(TURNS, TEXT * 3), llama.score(TURNS, TEXT * 3)
    assert ours.nats == pytest.approx(theirs.nats, abs=1e-3)
    assert (ours.tokens, ours.bytes) == (theirs.tokens, theirs.bytes)
    greedy = replace(PLAIN, temperature=0.0)
    assert answer(engine, greedy)[0] == answer(llama, greedy)[0]


def test_what_mlx_trained_is_what_both_engines_serve(
    engine: MlxEngine, llama: LlamaEngine, mlx_base: MlxBase, base_file: Path, tmp_path: Path
) -> None:
    trainer = MlxTrainer(copy.deepcopy(mlx_base.model), RECIPE, tmp_path)
    folder = trainer.train(ROWS, VALIDATION, 6, lambda p: None, lambda: False).folder
    reference = take_reference(trainer, mlx_base.codec, [document(1)], echo, CONTEXT)
    assert isinstance(reference, Reference)
    for serving in (engine, llama):
        fidelity = compare(serving, served(folder, base_file), reference)
        assert fidelity.problem == ""
        assert fidelity.cosine > 0.9999
        assert fidelity.size == pytest.approx(1, abs=1e-3)


def test_a_prompt_read_before_is_not_read_again_and_gives_the_same(engine: MlxEngine) -> None:
    long = "the plums are gone, and so is the boat. " * 8
    one, two = ([Turn("system", long), Turn("user", text)] for text in ("One.", "Two."))

    def drafted(turns: list[Turn]) -> str:
        return "".join(engine.stream(turns, Sampling(seed=5, max_tokens=12), lambda done: None))

    first = drafted(one)
    drafted(two)
    assert engine._inside
    assert drafted(one) == first


def test_too_long_prompts_are_cut_and_full_contexts_end(base_file: Path) -> None:
    with closing(MlxEngine(base_file, n_ctx=128)) as engine:
        said: list[Generated] = []
        long = [Turn("user", "lamps " * 400)]
        list(engine.stream(long, Sampling(max_tokens=20), said.append))
        assert said.pop().prompt_tokens <= 128 - 20
        assert engine.score(long, "lamps " * 400).tokens == 128 * 3 // 4
        endless = Sampling(max_tokens=10_000, temperature=2.0, top_p=1.0, min_p=0.0, seed=3)
        list(engine.stream(TURNS, endless, said.append))
        assert said[0].finish in ("length", "stop")
        assert said[0].prompt_tokens + said[0].tokens <= 129


def test_in_a_process_of_its_own_it_says_the_same(engine: MlxEngine, base_file: Path) -> None:
    remote = RemoteEngine(base_file, n_ctx=CONTEXT, n_threads=1, back_end=backends.MLX)
    with closing(remote):
        assert answer(remote)[0] == answer(engine)[0]
        assert np.array_equal(logits(remote), logits(engine))


def drawn(logits: list[float], count: int, **sampling: float) -> list[int]:
    row = np.array(logits, np.float32)
    one = Drawing(lambda: row, replace(Sampling(repeat_penalty=1.0), **sampling))
    return [one.draw() for _ in range(count)]


def test_tokens_are_drawn_as_often_as_they_are_likely() -> None:
    shares = [0.5, 0.3, 0.15, 0.05]
    logits = np.log(shares).tolist()
    plain = drawn(logits, 4000, temperature=1.0, top_p=1.0, min_p=0.0)
    assert np.bincount(plain, minlength=4) / 4000 == pytest.approx(shares, abs=0.03)
    assert set(drawn(logits, 400, temperature=1.0, top_p=0.7, min_p=0.0)) == {0, 1}
    assert set(drawn(logits, 400, temperature=1.0, top_p=1.0, min_p=0.25)) == {0, 1, 2}
    assert set(drawn(logits, 400, temperature=0.0)) == {0}
    cold = drawn(logits, 4000, temperature=0.5, top_p=1.0, min_p=0.0)
    squared = np.square(shares) / np.square(shares).sum()
    assert np.bincount(cold, minlength=4) / 4000 == pytest.approx(squared, abs=0.03)


def test_what_was_drawn_is_less_likely_afterwards() -> None:
    assert drawn([2.0, 1.5, -3.0], 3, temperature=0.0, repeat_penalty=1.5) == [0, 1, 0]
    assert drawn([-1.0, -1.2], 2, temperature=0.0, repeat_penalty=1.5) == [0, 1]


def test_the_back_end_is_that_of_the_machine_unless_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(backends.VARIABLE, raising=False)
    for system, machine, expected in (
        ("Darwin", "arm64", "mlx"),
        ("Darwin", "x86_64", "torch"),
        ("Linux", "aarch64", "torch"),
    ):
        monkeypatch.setattr("platform.system", lambda system=system: system)
        monkeypatch.setattr("platform.machine", lambda machine=machine: machine)
        assert backends.chosen() == backends.to_serve(10**9 - 1) == expected
        assert backends.to_serve(10**9) == backends.TORCH
        for name in (backends.MLX, backends.TORCH):
            monkeypatch.setenv(backends.VARIABLE, name)
            assert backends.chosen() == backends.to_serve(10**9) == name
        monkeypatch.delenv(backends.VARIABLE)
    monkeypatch.setenv(backends.VARIABLE, "cuda")
    with pytest.raises(MicrotuneError, match="only 'mlx' and 'torch' are known"):
        backends.chosen()


def test_without_mlx_it_is_torch_also_on_apple_silicon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(backends.VARIABLE, raising=False)
    monkeypatch.setattr(backends, "find_spec", lambda name: None)
    monkeypatch.setattr(backends, "is_apple_silicon", lambda: True)
    assert backends.chosen() == backends.TORCH
    monkeypatch.setenv(backends.VARIABLE, "mlx")
    with pytest.raises(MicrotuneError, match="mlx-lm is not installed"):
        backends.chosen()
