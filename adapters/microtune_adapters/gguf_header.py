"""Reads the header of a GGUF file strictly: metadata, tensor table, and that the data is all there.

Serves as the guard before llama.cpp, which aborts on some malformed files. Knows the format
(https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), nothing of models or adapters.
"""

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

from microtune.errors import MicrotuneError

MAGIC = b"GGUF"
VERSIONS = (2, 3)
LONGEST_TABLE = 1 << 20  # entries; far above any real file, far below what hurts
FLOAT32, STRING, ARRAY = 6, 8, 9
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f"} | {
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}

Value = int | float | bool | str


@dataclass(frozen=True, slots=True)
class Tensor:
    """One entry of the tensor table. `shape` is in numpy's order, rows first; its data are the
    `bytes` bytes of the file from `start` on."""

    name: str
    shape: tuple[int, ...]
    type: str  # ggml's name, such as "F32" or "Q8_0"
    start: int
    bytes: int

    @property
    def elements(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says of itself: metadata, with the format's number for the type of each
    value, the lengths of metadata arrays, and tensors by name."""

    values: Mapping[str, Value]
    types: Mapping[str, int]
    arrays: Mapping[str, int]
    tensors: Mapping[str, Tensor]

    def text(self, key: str) -> str | None:
        """The string at `key`, None where there is none or it is of another type."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def integer(self, key: str) -> int | None:
        """The whole number at `key`, None where there is none or it is of another type."""
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def read_header(path: Path) -> Header:
    """The header of the GGUF file at `path`.

    Raises `MicrotuneError` when the file cannot be read, is no GGUF file, contradicts itself, or
    ends before its last tensor does.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise MicrotuneError(f"{path} is not a GGUF file", "Give the path of a .gguf file.")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _parse(data)
    except _Malformed as error:
        raise MicrotuneError(f"{path} {error}", "Download or write it again.") from error
    except OSError as error:
        raise MicrotuneError(
            f"cannot read {path} ({error.strerror})", "Check the path and who may read it."
        ) from error


class _Malformed(Exception):
    """Why a file cannot be what it says; the sentence goes on from the file's name."""


class _Cursor:
    """Takes values one after another and never reads beyond the end."""

    def __init__(self, data: mmap.mmap, position: int) -> None:
        self.data = data
        self.size = len(data)
        self.position = position

    def skip(self, count: int) -> int:
        """Move on and return where the skipped bytes begin."""
        start = self.position
        if count > self.size - start:
            raise _Malformed(f"is cut short or damaged (its header ends at byte {self.size})")
        self.position = start + count
        return start

    def number(self, form: str) -> Value:
        value: Value = struct.unpack_from(form, self.data, self.skip(struct.calcsize(form)))[0]
        return value

    def count(self, form: str = "<Q") -> int:
        return int(self.number(form))

    def entries(self, what: str) -> int:
        count = self.count()
        if count > LONGEST_TABLE:
            raise _Malformed(f"is damaged (it claims {count} {what})")
        return count

    def string(self) -> str:
        length = self.count()
        start = self.skip(length)
        try:
            return self.data[start : start + length].decode()
        except UnicodeDecodeError as error:
            raise _Malformed("is damaged (a name in its header is not UTF-8)") from error


def _parse(data: mmap.mmap) -> Header:
    cursor = _Cursor(data, len(MAGIC))
    version = cursor.count("<I")
    if version not in VERSIONS:
        raise _Malformed(f"has GGUF version {version}, and only {VERSIONS} are known")
    tensor_count, value_count = cursor.entries("tensors"), cursor.entries("values")
    values: dict[str, Value] = {}
    types: dict[str, int] = {}
    arrays: dict[str, int] = {}
    for _ in range(value_count):
        key, kind = cursor.string(), cursor.count("<I")
        if key in values or key in arrays:
            raise _Malformed(f"is damaged ({key[:80]!r} stands in it twice)")
        if kind == ARRAY:
            arrays[key] = _skip_array(cursor)
        else:
            values[key], types[key] = _value(cursor, kind), kind
    return Header(values, types, arrays, _tensors(cursor, tensor_count, values))


def _value(cursor: _Cursor, kind: int) -> Value:
    if kind == STRING:
        return cursor.string()
    if kind not in SCALARS:
        raise _Malformed(f"is damaged (it holds a value of unknown type {kind})")
    return cursor.number(SCALARS[kind])


def _skip_array(cursor: _Cursor) -> int:
    """Pass over an array of numbers or strings and return its length."""
    kind, length = cursor.count("<I"), cursor.count()
    if kind == STRING:
        for _ in range(length):  # ends early, by an error, when the file does
            cursor.skip(cursor.count())
    elif kind in SCALARS:
        cursor.skip(length * struct.calcsize(SCALARS[kind]))
    else:
        raise _Malformed(f"is damaged (it holds an array of unknown type {kind})")
    return length


def _tensors(cursor: _Cursor, count: int, values: Mapping[str, Value]) -> dict[str, Tensor]:
    """The tensor table, checked as llama.cpp checks it: data side by side, aligned, complete."""
    alignment = values.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
        raise _Malformed(f"is damaged (alignment {alignment})")
    tensors: dict[str, Tensor] = {}
    expected = 0
    for _ in range(count):
        tensor = _tensor(cursor)
        if tensor.name in tensors or tensor.start != expected:
            raise _Malformed(f"is damaged (tensor {tensor.name[:80]!r} is out of place)")
        tensors[tensor.name] = tensor
        expected = _aligned(tensor.start + tensor.bytes, alignment)
    first = _aligned(cursor.position, alignment)
    end = max((first + one.start + one.bytes for one in tensors.values()), default=0)
    if end > cursor.size:
        raise _Malformed(f"is cut short ({cursor.size} of at least {end} bytes)")
    return {name: replace(one, start=first + one.start) for name, one in tensors.items()}


def _tensor(cursor: _Cursor) -> Tensor:
    """A tensor whose start is counted from the beginning of the data, as the table has it."""
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

    name, dimensions = cursor.string(), cursor.count("<I")
    if not 1 <= dimensions <= 4:
        raise _Malformed(f"is damaged (tensor {name[:80]!r} has {dimensions} dimensions)")
    shape = tuple(cursor.count() for _ in range(dimensions))[::-1]
    kind, offset = cursor.count("<I"), cursor.count()
    if kind not in set(GGMLQuantizationType):
        raise _Malformed(f"is damaged (tensor {name[:80]!r} has unknown type {kind})")
    block, block_bytes = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
    if prod(shape) == 0 or shape[-1] % block:
        raise _Malformed(f"is damaged (tensor {name[:80]!r} has shape {shape})")
    size = prod(shape) // block * block_bytes
    return Tensor(name, shape, GGMLQuantizationType(kind).name, offset, size)


def _aligned(position: int, alignment: int) -> int:
    return -(-position // alignment) * alignment
