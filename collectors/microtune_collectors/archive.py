"""A file as blocks of bytes, unpacked on the way (.xz, .gz, .bz2). Knows nothing of its content."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import IO

BLOCK = 1 << 20  # bytes
PACKED = (".xz", ".gz", ".bz2")
TIGHTEST = 200  # times smaller: mail packs to a tenth at best, more is a zip bomb
HARMLESS = 64 << 20  # bytes that anything may unpack to


def is_packed(path: Path) -> bool:
    """Whether the file is unpacked on the way, so that its offsets mean nothing."""
    return path.suffix.lower() in PACKED


def most_unpacked(size: int) -> int:
    """The bytes that a packed file of this size may unpack to; more and it is a zip bomb."""
    return max(HARMLESS, TIGHTEST * size)


class Blocks:
    """Iterates over the bytes from `start` up to `end` of a file, about a megabyte at a time.

    Never raises: what could be read is yielded, and then `problem` says (reason, detail).
    """

    def __init__(self, path: Path, start: int = 0, end: int | None = None) -> None:
        self._path, self._start, self._end = path, start, end
        self.problem: tuple[str, str] | None = None

    def __iter__(self) -> Generator[bytes, None, None]:
        try:
            most = most_unpacked(self._path.stat().st_size) if is_packed(self._path) else None
            with closing(_open(self._path)) as stream:
                stream.seek(self._start)
                left = None if self._end is None else self._end - self._start
                while block := stream.read1(BLOCK if left is None else min(BLOCK, left)):  # type: ignore[attr-defined]
                    left = None if left is None else left - len(block)
                    if most is not None and stream.tell() > most:
                        self.problem = ("zip bomb", "it unpacks to far too much")
                        return
                    yield block
        except EOFError:
            self.problem = ("truncated archive", "the file ends too early")
        except (lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
            self.problem = ("damaged archive", str(error))
        except FileNotFoundError:
            self.problem = ("vanished", "")
        except OSError as error:
            packed = error.errno is None  # bz2 says "Invalid data stream" this way
            self.problem = ("damaged archive" if packed else "unreadable", str(error))


def _open(path: Path) -> IO[bytes]:
    match path.suffix.lower():
        case ".xz":
            return lzma.open(path)
        case ".gz":
            return gzip.open(path)  # type: ignore[return-value]
        case ".bz2":
            return bz2.open(path)
        case _:
            return open(path, "rb", buffering=BLOCK)
