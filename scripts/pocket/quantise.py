"""Makes a base's quantised forms with llama.cpp and measures in llama.cpp what each one costs.

Every form is made from one f16 file; held-out texts are cut as `heldout` cuts them. Knows nothing
of how the weights were trained.
"""

import logging
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from microtune.errors import MicrotuneError
from microtune_adapters.chatml import DOCUMENT_END
from microtune_adapters.engine.defaults import threads
from microtune_adapters.engine.native import NativeModel

from .corpus import Record
from .heldout import CHARACTERS
from .served import nats

KINDS = (  # llama.cpp's names, the larger files first; rows must be divisible by 256 for most
    *("q8_0", "q6_k", "q5_1", "q5_k_m", "q5_0", "q4_1", "q4_k_m", "iq4_nl", "q4_0", "q3_k_m"),
    *("q3_k_s", "q2_k"),
)
TOLERANCE = 0.01  # of the held-out loss: what a smaller file may cost


@dataclass(frozen=True, slots=True)
class Form:
    """One file: its kind ("f16", "q8_0" …), its size and its held-out bits per byte."""

    kind: str
    bytes: int
    bits: float


def quantise(f16: Path, target: Path, kind: str) -> None:
    """Write the base `f16` to `target` in another of llama.cpp's kinds, by one rename.

    Raises `MicrotuneError` for a kind that llama.cpp does not know, or when it refuses the file.
    """
    import llama_cpp

    number = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{kind.upper()}", None)
    if number is None:
        raise MicrotuneError(
            f"llama.cpp knows no quantisation {kind}", f"Use one of {', '.join(KINDS)}."
        )
    logging.getLogger("llama-cpp-python").setLevel(logging.CRITICAL + 1)
    settings = llama_cpp.llama_model_quantize_default_params()
    settings.ftype, settings.nthread = number, threads(f16.stat().st_size)
    partial = target.with_name(target.name + ".partial")
    try:
        failed = llama_cpp.llama_model_quantize(str(f16).encode(), str(partial).encode(), settings)
        if failed:
            raise MicrotuneError(f"llama.cpp cannot quantise {f16} to {kind}", "Export it again.")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def served_bits_per_byte(gguf: Path, records: Sequence[Record], context: int = 1024) -> float:
    """Held-out bits per byte of the texts' beginnings, as llama.cpp computes them.

    Texts longer than the context are left out, as `heldout.bits_per_byte` leaves them out.
    """
    model = NativeModel(gguf, context, threads(gguf.stat().st_size))
    try:
        end, total, size = model.control(DOCUMENT_END), 0.0, 0
        for record in records:
            text = record.text[:CHARACTERS]
            ids = [end, *model.tokenise(text)]
            if len(ids) <= model.n_ctx + 1:
                total += nats(model, ids)
                size += len(text.encode())
        return total / math.log(2) / size if size else math.nan
    finally:
        model.close()


def sample(records: Sequence[Record], count: int, seed: int = 0) -> list[Record]:
    """`count` of the records, the same ones every time."""
    return random.Random(seed).sample(list(records), min(count, len(records)))


def compare(
    f16: Path,
    folder: Path,
    records: Sequence[Record],
    kinds: Sequence[str] = KINDS,
    report: Callable[[Form], None] = lambda form: None,
) -> list[Form]:
    """The f16 file and each of its `kinds`, measured on the records; the files lie in `folder`."""
    forms = []
    for kind in ("f16", *kinds):
        path = f16 if kind == "f16" else folder / f"{f16.stem}-{kind}.gguf"
        if kind != "f16":
            quantise(f16, path, kind)
        forms.append(Form(kind, path.stat().st_size, served_bits_per_byte(path, records)))
        report(forms[-1])
    return forms


def smallest(forms: Sequence[Form], tolerance: float = TOLERANCE) -> Form:
    """The smallest file that keeps the loss of the first one (f16) within `tolerance`."""
    most = forms[0].bits * (1 + tolerance)
    return min((form for form in forms if form.bits <= most), key=lambda form: form.bytes)


def table(forms: Sequence[Form]) -> str:
    """The forms as a Markdown table; the first is what the others are compared with."""
    rows = [
        f"| {f.kind} | {f.bytes / 1e6:.1f} | {f.bits:.4f} | {f.bits / forms[0].bits - 1:+.2%} |"
        for f in forms
    ]
    head = ["| form | MB | bits per byte | change |", "|---|---:|---:|---:|"]
    return "\n".join([*head, *rows])
