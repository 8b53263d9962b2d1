"""Run work in a process of its own while its n-th system call on files fails: killed there, disk full, or an input/output error.

The kernel asks this process before every system call of a list (seccomp user notification), so that nothing in the work knows of it: SQLite,
Arrow and child processes are met like Python. Only calls on files below one folder count. Linux on x86-64 or ARM64, as any user.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CALLS = {
    "x86_64": {
        0: "read", 1: "write", 2: "open", 17: "pread", 18: "pwrite", 20: "writev", 40: "sendfile", 74: "fsync", 75: "fdatasync", 76: "truncate",
        77: "ftruncate", 82: "rename", 83: "mkdir", 84: "rmdir", 85: "creat", 86: "link", 87: "unlink", 88: "symlink", 90: "chmod", 91: "fchmod",
        257: "openat", 258: "mkdirat", 263: "unlinkat", 264: "renameat", 265: "linkat", 266: "symlinkat", 268: "fchmodat", 280: "utimensat",
        285: "fallocate", 296: "pwritev", 316: "renameat", 326: "copy_file_range", 452: "fchmodat",
    },
    "aarch64": {
        34: "mkdirat", 35: "unlinkat", 36: "symlinkat", 37: "linkat", 38: "renameat", 45: "truncate", 46: "ftruncate", 47: "fallocate", 52: "fchmod",
        53: "fchmodat", 56: "openat", 63: "read", 64: "write", 66: "writev", 67: "pread", 68: "pwrite", 70: "pwritev", 71: "sendfile", 82: "fsync",
        83: "fdatasync", 88: "utimensat", 276: "renameat", 285: "copy_file_range", 452: "fchmodat",
    },
}  # fmt: skip
"""System calls that are asked about, by machine and number."""
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SPACE = {"open", "openat", "creat", "write", "writev", "pwrite", "pwritev", "mkdir", "mkdirat", "rename", "renameat", "link", "linkat",
          "symlink", "symlinkat", "ftruncate", "fallocate", "fsync", "fdatasync", "copy_file_range", "sendfile"}  # fmt: skip
"""Calls that a full disk refuses."""
_READS = {"read", "pread"}
_BY_PATH_AT = {"openat": 1, "mkdirat": 1, "unlinkat": 1, "renameat": 3, "linkat": 3, "symlinkat": 2, "fchmodat": 1, "utimensat": 1}
_BY_PATH = {"open": 0, "creat": 0, "truncate": 0, "mkdir": 0, "rmdir": 0, "unlink": 0, "chmod": 0, "rename": 1, "link": 1, "symlink": 1}
_NOTIFY, _ALLOW = 0x7FC00000, 0x7FFF0000
_RECV, _SEND = 0xC0502100, 0xC0182101
KINDS = {"kill": 0, "ENOSPC": errno.ENOSPC, "EIO": errno.EIO}


@dataclass(frozen=True)
class Fault:
    """What fails: the kind, at which call that can fail so (from 1), and whether every later one fails too."""

    kind: str
    nth: int
    sticky: bool = False


@dataclass(frozen=True)
class Ran:
    """How the work ended: `answered` with what it returned, `refused` with an error a user would see, `broke` with any other, `killed`.

    `calls` names every counted call, `hit` the first one that failed.
    """

    ended: str
    said: str
    calls: tuple[str, ...]
    hit: str = ""


def possible() -> bool:
    """Say whether this machine lets a user ask about system calls."""
    if sys.platform != "linux" or platform.machine() not in CALLS:
        return False
    try:
        return run(lambda: "yes", Path("/nowhere")).said == "yes"
    except OSError:
        return False


def fitting(calls: tuple[str, ...], kind: str) -> list[bool]:
    """List the calls that a kind of fault can meet, and whether each only reads: a kill is the same before any read, no read needs space."""
    names = [call.split(" ")[0] for call in calls]
    return [name in _READS or name.endswith(":read") for name in names if _fits(name, kind)]


def _fits(call: str, kind: str) -> bool:
    name, _, to_read = call.partition(":")
    if kind == "EIO":
        return True
    return not to_read and name not in _READS and (kind == "kill" or name in _SPACE)


def run(work: Callable[[], str], root: Path, fault: Fault | None = None, refusals: tuple[type[BaseException], ...] = (OSError,)) -> Ran:
    """Run work in a forked process, with a fault or without; `refusals` are the errors that a user is shown as such."""
    ours, theirs = socket.socketpair()
    out, back = os.pipe()
    child = os.fork()
    if not child:
        ours.close()
        os.close(out)
        _in_child(work, theirs, back, refusals)
    theirs.close()
    os.close(back)
    with ours:
        _, fds, _, _ = socket.recv_fds(ours, 1, 1)
    if not fds:
        os.waitpid(child, 0)
        os.close(out)
        raise OSError("this machine lets nobody ask about system calls")
    try:
        calls, hit, said = _supervise(child, fds[0], out, root, fault)
    finally:
        os.close(fds[0])
        os.close(out)
        _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return Ran("killed", "", tuple(calls), hit)
    ended, _, text = said.decode("utf-8", "replace").partition("\n")
    return Ran(ended or "broke", text, tuple(calls), hit)


def _in_child(work: Callable[[], str], channel: socket.socket, back: int, refusals: tuple[type[BaseException], ...]) -> None:
    try:
        try:
            listener = _listen()
        except OSError:
            channel.send(b"x")
            os._exit(1)
        socket.send_fds(channel, [b"x"], [listener])
        os.close(listener)
        channel.close()
        try:
            said = f"answered\n{work()}"
        except refusals as refused:
            said = f"refused\n{type(refused).__name__}: {refused}"
        except BaseException:
            said = f"broke\n{traceback.format_exc()[-1500:]}"
        os.write(back, said.encode()[:60000])
    finally:
        os._exit(0)


def _listen() -> int:
    """Ask the kernel to report the calls of the list, and return the handle on which it does."""
    machine = platform.machine()
    numbers = sorted(CALLS[machine])
    lines = [(0x20, 0, 0, 4), (0x15, 1, 0, _ARCH[machine]), (0x06, 0, 0, _ALLOW), (0x20, 0, 0, 0)]
    lines += [(0x15, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    lines += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _NOTIFY)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = struct.pack("HxxxxxxQ", len(lines), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    handle: int = libc.syscall(_SECCOMP[machine], 1, 8, ctypes.c_char_p(program))
    if handle < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return handle


def _supervise(child: int, listener: int, out: int, root: Path, fault: Fault | None) -> tuple[list[str], str, bytes]:
    names, calls, hit, said, count = CALLS[platform.machine()], list[str](), "", b"", 0
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(out, select.POLLIN | select.POLLHUP)
    inside = f"{root}/"
    while True:
        for handle, event in poll.poll(600_000) or [(out, 0)]:
            if handle == out and event & select.POLLIN:
                said += os.read(out, 65536)
            elif handle == out:  # the end, or ten minutes without a call
                if not event:
                    os.kill(child, signal.SIGKILL)
                return calls, hit, said
            elif event & select.POLLIN:
                asked = bytearray(80)
                try:
                    fcntl.ioctl(listener, _RECV, asked)
                except OSError:
                    continue  # it died while it asked
                number, task, _, call, _, _, *args = struct.unpack("QIIiIQ6Q", asked)
                found = _on(task, names[call], args)
                wrong = 0
                if found.startswith(inside):
                    what = names[call] + (":read" if names[call] in ("open", "openat") and not _writes(names[call], args) else "")
                    calls.append(f"{what} {found[len(inside) :]}")
                    if fault and _fits(what, fault.kind):
                        count += 1
                        if count == fault.nth or (fault.sticky and count > fault.nth):
                            hit = hit or calls[-1]
                            wrong = KINDS[fault.kind]
                            if fault.kind == "kill":
                                os.kill(child, signal.SIGKILL)
                try:
                    fcntl.ioctl(listener, _SEND, struct.pack("QqiI", number, 0, -wrong, 0 if wrong else 1))
                except OSError:
                    continue
            elif event & (select.POLLHUP | select.POLLERR):
                poll.unregister(listener)


def _writes(name: str, args: list[int]) -> bool:
    return bool(args[2 if name == "openat" else 1] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _on(task: int, name: str, args: list[int]) -> str:
    """Say which file a call is on; blank when it cannot be told."""
    try:
        if name in _BY_PATH_AT or name in _BY_PATH:
            place = _BY_PATH_AT.get(name, _BY_PATH.get(name, 0))
            path = _text(task, args[place])
            if path.startswith("/"):
                return path
            base = ctypes.c_int(args[place - 1] & 0xFFFFFFFF).value if name in _BY_PATH_AT else -100
            return os.path.normpath(os.path.join(os.readlink(f"/proc/{task}/{'cwd' if base == -100 else f'fd/{base}'}"), path))
        return os.readlink(f"/proc/{task}/fd/{args[2 if name == 'copy_file_range' else 0]}")
    except OSError:
        return ""


def _text(task: int, at: int) -> str:
    handle = os.open(f"/proc/{task}/mem", os.O_RDONLY)
    try:
        size = min(4096, 4096 - at % 4096)
        found = os.pread(handle, size, at)
        if b"\0" not in found:
            found += os.pread(handle, 4096, at + size)
        return found.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
    finally:
        os.close(handle)
