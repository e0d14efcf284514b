"""The engine in a process of its own, started when it is first needed.

llama.cpp aborts the whole process on some malformed files; here that costs one line on the screen
and the next call starts another process. Imports neither llama_cpp nor torch.
"""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from microtune.contracts import Generated, Sampling, Score, Turn
from microtune.errors import MicrotuneError
from microtune_adapters.backends import TORCH
from microtune_adapters.engine import defaults, protocol
from microtune_adapters.engine.process import WorkerProcess, opened
from microtune_adapters.gguf_inspect import inspect_base

Done = Callable[[Generated], None]


class RemoteEngine:
    """Implements `microtune.contracts.Engine` by asking a worker process.

    Calls may come from several threads and wait for each other, but a call that comes while a
    stream is unfinished ends that stream, as in the engine itself. Every call raises
    `MicrotuneError` when the process died since the last one; the next starts it anew, with the
    same adapters.
    """

    def __init__(
        self,
        base: Path,
        n_ctx: int = defaults.CONTEXT,
        n_threads: int | None = None,
        back_end: str = TORCH,
    ) -> None:
        """Raises `MicrotuneError` for a file that is not a usable base. Starts no process yet.

        `back_end` is one of `microtune_adapters.backends`.
        """
        info = inspect_base(base)
        self._base_sha256 = info.sha256
        threads = n_threads or defaults.threads(info.bytes)
        self._arguments = [str(base.absolute()), str(n_ctx), str(threads), back_end]
        self._adapters: list[tuple[Path, float]] = []
        self._process: WorkerProcess | None = None
        self._turn = threading.Lock()  # held while waiting for one answer or piece
        self._ids = itertools.count(1)
        self._streaming = 0  # id of the unfinished stream, 0 when there is none
        self._cancelled = 0  # id of the stream whose pieces still on their way are dropped

    @property
    def base_sha256(self) -> str:
        return self._base_sha256

    def start(self) -> None:
        """Load the base now, so that the first answer need not wait for it."""
        with self._turn:
            self._settle()

    def use(self, adapter: Path | None, scale: float = 1.0) -> float:
        """Serve with this adapter only (None: the bare base); returns milliseconds."""
        return self.use_several([(adapter, scale)] if adapter else [])

    def use_several(self, adapters: Sequence[tuple[Path, float]]) -> float:
        """Serve with the sum of these adapters, each at its scale."""
        with self._turn:
            earlier, self._adapters = self._adapters, list(adapters)
            try:
                return self._use(self._settle())
            except MicrotuneError:
                self._adapters = earlier
                raise

    def stream(self, turns: Sequence[Turn], sampling: Sampling, done: Done) -> Iterator[str]:
        """Yield the answer as it is made, then call `done` once."""
        with self._turn:
            process = self._settle()
            id = next(self._ids)
            self._streaming = id
            process.send(
                {
                    "do": "stream",
                    "id": id,
                    "turns": protocol.pack_turns(turns),
                    "sampling": protocol.pack_sampling(sampling),
                }
            )
        return self._pieces(process, id, done)

    def cancel(self) -> None:
        """End the running stream within one token; from any thread."""
        process, id = self._process, self._streaming
        self._cancelled = id
        if process and id:
            process.send_unless_dead({"do": "cancel", "id": id})

    def score(self, turns: Sequence[Turn], text: str) -> Score:
        """The likelihood of `text` as the answer to `turns`."""
        return Score(**self._ask("score", turns, text))

    def logits(self, turns: Sequence[Turn], text: str) -> Sequence[Sequence[float]]:
        """Logits [tokens of `text`, vocabulary] that predict each of them, a float32 array."""
        packed = self._ask("logits", turns, text)
        return cast("Sequence[Sequence[float]]", protocol.unpack_array(packed))

    def close(self) -> None:
        """End the process and wait for it; a later call would start another."""
        process, self._streaming = self._process, 0
        if process:
            process.end()
        with self._turn:
            self._process = None
            if process:
                process.release()

    def _ask(self, what: str, turns: Sequence[Turn], text: str) -> Any:
        with self._turn:
            process = self._settle()
            process.send({"do": what, "turns": protocol.pack_turns(turns), "text": text})
            return process.value()

    def _settle(self) -> WorkerProcess:
        """A live process that waits for a request. An unfinished stream ends here."""
        if self._process and not self._process.dead:
            if self._streaming:
                self._process.send({"do": "cancel", "id": self._streaming})
                while "piece" in self._process.receive():
                    pass
        else:
            self._process = self._started()
        self._streaming = 0
        return self._process

    def _started(self) -> WorkerProcess:
        process = WorkerProcess(self._arguments)
        try:
            process.value()  # the base is loaded
            self._use(process)
        except BaseException:
            process.end()
            process.release()
            raise
        return process

    def _use(self, process: WorkerProcess) -> float:
        packed = [[str(path.absolute()), scale] for path, scale in self._adapters]
        process.send({"do": "use", "with": packed})
        return float(process.value())

    def _pieces(self, process: WorkerProcess, id: int, done: Done) -> Iterator[str]:
        while True:
            with self._turn:
                if self._streaming != id:
                    return  # ended by another call
                try:
                    message = process.receive()
                except MicrotuneError:
                    if self._streaming != id:
                        return  # ended by `close`
                    raise
                if "piece" not in message:
                    self._streaming = 0
                    break
            if id != self._cancelled:
                yield message["piece"]
        generated = Generated(**opened(message))
        if id == self._cancelled:  # the worker may have been done before it heard of it
            generated = replace(generated, finish="cancelled")
        done(generated)
