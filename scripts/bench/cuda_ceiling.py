#!/usr/bin/env python3
"""What a product of two large matrices of random numbers reaches here, which MFU is measured by.

    cuda_ceiling.py cuda|cpu

On a GPU 8192 × 8192 × 8192 in bf16, timed by its own events; on the CPU a smaller one in fp32. The
median of ten products after three. Prints one JSON object.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from statistics import median

import torch

WARM, TIMED = 3, 10


def main() -> None:
    on_gpu = sys.argv[1] == "cuda"
    if on_gpu and not torch.cuda.is_available():
        sys.exit("torch finds no GPU here; --device cpu rehearses without one")
    side, kind = (8192, torch.bfloat16) if on_gpu else (512, torch.float32)
    left, right = (torch.randn(side, side, device=sys.argv[1], dtype=kind) for _ in range(2))
    seconds = median(timed(lambda: left @ right, on_gpu))
    result = {
        "device": torch.cuda.get_device_name() if on_gpu else "the CPU",
        "product": f"{side}³ in {str(kind).removeprefix('torch.')}",
        "tflops": 2 * side**3 / seconds / 1e12,
        "cuda": torch.version.cuda,
        "bitsandbytes": installed("bitsandbytes"),
    }
    print(json.dumps(result))


def timed(work: Callable[[], object], on_gpu: bool) -> list[float]:
    """Seconds of each of the calls that count."""
    clock = _by_events if on_gpu else _by_clock
    return [clock(work) for _ in range(WARM + TIMED)][WARM:]


def _by_events(work: Callable[[], object]) -> float:
    before = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    after = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    before.record()
    work()
    after.record()
    after.synchronize()
    return float(before.elapsed_time(after)) / 1000


def _by_clock(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    main()
