"""Time and memory of a training loop on a GPU or on the CPU, alike for all contestants."""

import gc
import time
from typing import Any


class Meter:
    """Call `settle` once the model is there, `start` and `stop` around what is timed.

    The GPU's peaks are those from `settle` on, warm-up included and making the model left out.
    """

    def __init__(self, device: str) -> None:
        self.on_gpu = device == "cuda"
        self.seconds = 0.0
        self._model = 0
        self._began = 0.0

    def settle(self) -> None:
        import torch

        gc.collect()
        if self.on_gpu:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
            self._model = torch.cuda.memory_allocated()

    def start(self) -> None:
        self._synchronise()
        self._began = time.perf_counter()

    def stop(self) -> None:
        self._synchronise()
        self.seconds = time.perf_counter() - self._began

    def figures(self) -> dict[str, Any]:
        """Seconds, and the GPU's memory in MB (10^6 bytes): of the model before training, the most
        in tensors at once, and the most taken from the device."""
        import torch

        if not self.on_gpu:
            return {"seconds": self.seconds}
        return {
            "seconds": self.seconds,
            "model_mb": self._model // 10**6,
            "allocated_mb": torch.cuda.max_memory_allocated() // 10**6,
            "reserved_mb": torch.cuda.max_memory_reserved() // 10**6,
        }

    def _synchronise(self) -> None:
        import torch

        if self.on_gpu:
            torch.cuda.synchronize()
