"""The files inside an export: a folder, a .zip or a .tar.gz. Knows nothing of what they hold."""

import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from microtune.errors import MicrotuneError
from microtune_collectors.json_items import Damaged
from microtune_collectors.preconditions import require_place
from microtune_collectors.walk import place_of, stamp_of

LARGEST = 64 << 20  # bytes of a file that is read whole
TAR = (".tar.gz", ".tgz", ".tar")
# what reading a packed file raises where it is broken; RuntimeError: it is encrypted
BROKEN = (Damaged, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile, tarfile.TarError)

Wanted = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an export. `name` is relative, with "/"; `open` may be called until the next."""

    name: str
    size: int
    open: Callable[[], BinaryIO]

    def read(self) -> bytes:
        """The whole file. Raises `Damaged` where it is too large for that, and `BROKEN`."""
        if self.size > LARGEST:
            raise Damaged(f"{self.name} is too large ({self.size >> 20} MB)")
        with self.open() as stream:
            return stream.read(LARGEST)


def is_tar(path: Path) -> bool:
    """Whether files of this name are tar archives."""
    return path.name.lower().endswith(TAR)


def names(path: Path, most: int | None = None) -> list[str]:
    """The names of the first `most` files of an archive, or all; [] where it cannot be read."""
    try:
        with opened(path, lambda name: True) as files:
            return [file.name for file in islice(files, most)]
    except (*BROKEN, MicrotuneError, OSError):
        return []


def stamp(path: Path, wanted: Wanted) -> str:
    """What changes whenever one of the `wanted` files does."""
    if not path.is_dir():
        return stamp_of(path.stat())
    digest = blake2b(digest_size=8)
    for file in _files(path, wanted):
        digest.update(f"{place_of(file, path)}\0{stamp_of(file.stat())}\n".encode())
    return digest.hexdigest()


@contextmanager
def opened(path: Path, wanted: Wanted) -> Iterator[Iterator[Member]]:
    """`with opened(path, wanted) as members:` gives the wanted files, by name except of a tar.

    A file that is no archive is the only one. Raises `MicrotuneError` for a place that is gone and
    for an archive that is none.
    """
    require_place(path)
    with ExitStack() as stack:
        try:
            if path.is_dir():
                members = _of_folder(path, wanted)
            elif is_tar(path):
                members = _of_tar(stack.enter_context(_open_tar(path)), wanted)
            elif path.suffix.lower() == ".zip":
                members = _of_zip(stack.enter_context(zipfile.ZipFile(path)), wanted)
            else:
                members = iter([_member(path, path.name)])
        except (*BROKEN, OSError) as error:
            raise MicrotuneError(
                f"{path} is damaged ({error})", "Download the archive once more, then try again."
            ) from error
        yield members


def _of_folder(folder: Path, wanted: Wanted) -> Iterator[Member]:
    return (_member(file, place_of(file, folder)) for file in _files(folder, wanted))


def _of_tar(tar: tarfile.TarFile, wanted: Wanted) -> Iterator[Member]:
    for entry in tar:
        if entry.isfile() and wanted(entry.name):
            yield Member(entry.name, entry.size, _opener(tar, entry))


def _open_tar(path: Path) -> tarfile.TarFile:
    """Packed with gzip or not at all: of bzip2, tarfile makes gigabytes at once from a kilobyte."""
    with path.open("rb") as stream:
        is_gzip = stream.read(2) == b"\x1f\x8b"
    try:
        return tarfile.open(path, "r|gz" if is_gzip else "r|")
    except TypeError as error:  # what tarfile raises where the file ends within gzip's header
        raise EOFError("it ends within its header") from error


def _of_zip(archive: zipfile.ZipFile, wanted: Wanted) -> Iterator[Member]:
    for info in sorted(archive.infolist(), key=lambda info: info.filename):
        if not info.is_dir() and wanted(info.filename):
            yield Member(info.filename, info.file_size, _zip_opener(archive, info))


def _member(file: Path, name: str) -> Member:
    return Member(name, file.stat().st_size, lambda: file.open("rb"))


def _opener(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, tar.extractfile(entry))


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Damaged(f"{info.filename} is packed in a way that no export is")
        return cast(BinaryIO, archive.open(info))  # others are unpacked without any bound

    return open_member


def _files(folder: Path, wanted: Wanted) -> Iterator[Path]:
    """By name; links are passed over, so that nothing outside the folder is read."""
    for current, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            file = Path(current, name)
            if wanted(file.relative_to(folder).as_posix()) and not file.is_symlink():
                yield file
