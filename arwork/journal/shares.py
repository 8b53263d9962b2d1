"""Whether a file lies on a network share, by the system's list of mounts."""

from __future__ import annotations

from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "afpfs", "ceph", "coda", "davfs",
    "glusterfs", "gpfs", "lustre", "ncpfs", "ncp", "beegfs", "orangefs", "pvfs2", "vboxsf",
})  # fmt: skip
_LOCAL_FUSE = frozenset({"fuse.mergerfs", "fuse.ntfs-3g", "fuse.encfs", "fuse.gocryptfs", "fuse.fuse-overlayfs", "fuse.unionfs"})


def network_share(path: Path) -> str:
    """Return the kind of network file system a path lies on (nfs, cifs, fuse.sshfs), empty for a disk of this machine.

    Known on Linux by its list of mounts and on Windows by a path that begins with two backslashes; elsewhere it is not known.
    """
    if path.drive.startswith("\\\\"):
        return "a Windows share"
    return share_among(path, _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")) if _MOUNTS.is_file() else ""


def share_among(path: Path, mounts: str) -> str:
    """Find by a list of mounts, one a line as in /proc/mounts, whether a path lies on a network share."""
    whole = path.resolve()
    best, kind = -1, ""
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) < 3:
            continue
        place = Path(words[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if (place == whole or place in whole.parents) and len(
            place.parts
        ) >= best:  # the later of two mounts on one place hides the earlier
            best, kind = len(place.parts), words[2]
    far = kind in _NETWORK or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE)
    return kind if far else ""
