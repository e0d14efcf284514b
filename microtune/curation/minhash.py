"""The MinHash of a text: by its word triples, as numbers that are stored and never change.

Broder 1997. What is computed is the scheme "affine32" of datasketch 2 with its seed 1, which wrote
the signatures of earlier stores; a test holds them together. datasketch itself draws its numbers
anew for each text and takes a good part of a second to import. Imports numpy when first used.
"""

import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha1
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PERMUTATIONS = 96
_SEED = 1
_SHINGLE = 3
_FEWEST_WORDS = 12  # below this only equal words are duplicates
_BLOCK = 4096  # triples that are hashed at once, so that a long text takes little memory
_WORD = re.compile(r"\w+")


def signature(text: str) -> bytes:
    """The MinHash of `text`: `PERMUTATIONS` little-endian uint32, the same in every version."""
    import numpy as np

    factors, summands = _permutations()
    least = np.full(PERMUTATIONS, 0xFFFFFFFF, np.uint32)
    for hashes in _hashes(_shingles(text)):
        permuted = _mixed(hashes)[:, None] * factors + summands  # modulo 2^32
        np.minimum(least, permuted.min(axis=0), out=least)
    return bytes(least.astype("<u4").tobytes())


def _shingles(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    if len(words) < _FEWEST_WORDS:
        return ["\0" + " ".join(words)]
    return [
        " ".join(triple) for triple in zip(*(words[at:] for at in range(_SHINGLE)), strict=False)
    ]


def _hashes(shingles: list[str]) -> "Iterator[NDArray[np.uint32]]":
    """The first four bytes of each one's SHA-1, a block at a time."""
    import numpy as np

    for begin in range(0, len(shingles), _BLOCK):
        digests = (sha1(one.encode()).digest()[:4] for one in shingles[begin : begin + _BLOCK])
        yield np.frombuffer(b"".join(digests), "<u4").astype(np.uint32)


def _mixed(hashes: "NDArray[np.uint32]") -> "NDArray[np.uint32]":
    """MurmurHash3's last step, which spreads them."""
    import numpy as np

    hashes = (hashes ^ hashes >> np.uint32(16)) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ hashes >> np.uint32(13)) * np.uint32(0xC2B2AE35)
    return hashes ^ hashes >> np.uint32(16)


@cache
def _permutations() -> "tuple[NDArray[np.uint32], NDArray[np.uint32]]":
    """h → factor · h + summand modulo 2^32, one of each; numpy keeps this generator as it is."""
    import numpy as np

    numbers = np.random.RandomState(_SEED)
    factors = numbers.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32)
    summands = numbers.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
    return factors * np.uint32(2) + np.uint32(1), summands
