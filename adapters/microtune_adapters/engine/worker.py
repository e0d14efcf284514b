"""The engine's process: `python -m microtune_adapters.engine.worker BASE N_CTX N_THREADS BACK_END`.

Answers the messages of `protocol` on standard input and output. Ends when its input closes, so it
never outlives its owner. Knows nothing of the library or the screen.
"""

import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np

from microtune.contracts import Generated
from microtune.errors import MicrotuneError
from microtune_adapters.backends import MLX
from microtune_adapters.engine import protocol
from microtune_adapters.engine.llama import LlamaEngine


class Worker:
    """Serves one engine: a thread reads requests, the main thread works them off."""

    def __init__(self, engine: Callable[[], LlamaEngine], requests: IO[bytes], out: IO[bytes]):
        self._make = engine
        self._engine: LlamaEngine | None = None
        self._requests = requests
        self._out = out
        self._waiting: queue.SimpleQueue[protocol.Message] = queue.SimpleQueue()
        self._cancelled = 0  # every request up to this id

    def run(self) -> None:
        """Work until the input closes, which ends the process."""
        threading.Thread(target=self._read, daemon=True).start()
        self._waiting.put({"do": "start"})
        while True:
            self._answer(self._waiting.get())

    def _read(self) -> None:
        try:
            for line in self._requests:
                message = protocol.from_line(line)
                if message["do"] != "cancel":
                    self._waiting.put(message)
                    continue
                self._cancelled = max(self._cancelled, int(message["id"]))
                if self._engine:
                    self._engine.cancel()
        finally:
            os._exit(0)  # the owner is gone or done; there is nothing here to save

    def _answer(self, message: protocol.Message) -> None:
        try:
            self._send({"value": self._do(message)})
        except MicrotuneError as error:
            self._send({"error": [error.what, error.remedy]})
        except Exception:
            self._send({"bug": traceback.format_exc()})

    def _do(self, message: protocol.Message) -> Any:
        if self._engine is None:
            self._engine = self._make()
        match message["do"]:
            case "start":
                return self._engine.base_sha256
            case "use":
                return self._engine.use_several([(Path(p), scale) for p, scale in message["with"]])
            case "stream":
                return self._stream(self._engine, message)
        turns, text = protocol.unpack_turns(message["turns"]), message["text"]
        if message["do"] == "score":
            return protocol.pack_value(self._engine.score(turns, text))
        return protocol.pack_array(np.asarray(self._engine.logits(turns, text), np.float32))

    def _stream(self, engine: LlamaEngine, message: protocol.Message) -> Any:
        ended: list[Generated] = []
        turns = protocol.unpack_turns(message["turns"])
        sampling = protocol.unpack_sampling(message["sampling"])
        pieces = engine.stream(turns, sampling, ended.append)
        if self._cancelled >= message["id"]:  # cancelled before it began
            engine.cancel()
        for piece in pieces:
            self._send({"piece": piece})
        return protocol.pack_value(ended[0])

    def _send(self, message: protocol.Message) -> None:
        try:
            self._out.write(protocol.to_line(message))
            self._out.flush()
        except OSError:
            os._exit(0)  # the owner is gone


def main() -> None:
    """Keep standard output for the protocol: whatever C code prints goes to standard error."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    base, n_ctx, n_threads, back_end = sys.argv[1:]
    make = lambda: _engine(back_end)(Path(base), int(n_ctx), int(n_threads))  # noqa: E731
    Worker(make, sys.stdin.buffer, out).run()


def _engine(back_end: str) -> type[LlamaEngine]:
    if back_end != MLX:
        return LlamaEngine
    from microtune_adapters.engine.mlx import MlxEngine

    return MlxEngine


if __name__ == "__main__":
    main()
