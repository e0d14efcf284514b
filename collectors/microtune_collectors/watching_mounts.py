"""Whether a path lies on a file system whose changes this machine is not told of.

Linux names them in /proc/mounts (see proc(5) and fstab(5)); elsewhere every path counts as local.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

REMOTE = {
    *("9p", "afs", "ceph", "cifs", "coda", "davfs", "glusterfs", "lustre", "ncpfs"),
    *("nfs", "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"),
}
_ESCAPE = re.compile(r"\\([0-7]{3})")


def remote_type(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The type of the network or user-space file system that holds `path`; "" for a local one."""
    best, kind = "", ""
    for point, type_ in _mounts(mounts):
        holds = path.is_relative_to(point)
        if holds and len(point) >= len(best):  # of mounts over each other the last one counts
            best, kind = point, type_
    # "fuseblk" is a disk (ntfs-3g); its changes are made, and told, here
    return kind if kind in REMOTE or kind == "fuse" or kind.startswith("fuse.") else ""


def _mounts(table: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = os.fsdecode(table.read_bytes()).splitlines()
    except OSError:
        return
    for line in lines:
        fields = line.split(" ")
        if len(fields) >= 3:
            point = _ESCAPE.sub(lambda found: chr(int(found[1], 8)), fields[1])
            yield point, fields[2]
