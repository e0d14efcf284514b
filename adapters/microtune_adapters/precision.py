"""Which arithmetic this processor is quick in, found by measuring.

bf16 matrix products are several times faster than fp32 on processors with AVX512-BF16 or AMX and
over a hundred times slower on those without, so no rule by name would do.
"""

import time
from functools import cache

from microtune_adapters.threads import wait_politely

_MARGIN = 1.3  # bf16 must win clearly, since it costs some precision


@cache
def quickest(size: int = 512, repeats: int = 6) -> str:
    """ "bf16" or "fp32", whichever multiplies matrices [size, size] faster here. Takes ~20 ms
    where bf16 is quick and gives up on it after the first product where it is not; once a process.
    """
    wait_politely()
    import torch

    def seconds(dtype: torch.dtype, limit: float) -> float:
        a, b = torch.randn(size, size).to(dtype), torch.randn(size, size).to(dtype)
        best = float("inf")
        for _ in range(repeats):
            start = time.perf_counter()
            _ = a @ b
            best = min(best, time.perf_counter() - start)
            if best > limit:
                break
        return best

    seconds(torch.float32, 1.0)  # warm up threads and caches
    single = seconds(torch.float32, 1.0)
    return "bf16" if seconds(torch.bfloat16, 10 * single) * _MARGIN < single else "fp32"
