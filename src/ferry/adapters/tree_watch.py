"""What all processes of one command use together, read from proc(5): setrlimit(2) bounds each of them alone.

The sandbox's first process is init of a PID namespace, so that all its processes are its descendants, daemons too.
"""

from __future__ import annotations

import os
import stat
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_GIB = 1024**3
_PROC = Path("/proc")


@dataclass(frozen=True)
class TreeLimits:
    """tasks: processes and threads; memory, growth, reserve: bytes; files: how many more than there were.

    growth: of the folder that may be written; reserve: what memory and disk of this machine keep free, whoever uses
    them, because not all that a kernel keeps for a process is counted as its own.
    """

    tasks: int = 900
    memory: int = 4 * _GIB
    growth: int = 4 * _GIB
    files: int = 300_000
    reserve: int = _GIB // 2


@dataclass(frozen=True)
class _Task:
    parent: int
    threads: int
    pages: int


@dataclass
class TreeWatch:
    """Call it often; it says which limit was broken, "" while none is.

    first: asks for the sandbox's first process, 0 while it is unknown.
    """

    limits: TreeLimits
    root: Path
    first: Callable[[], int]
    _begun: tuple[int, int] = (0, 0)
    _free: tuple[int, int] = (0, 0)
    _next_walk: float = field(default=0.0)

    def __post_init__(self) -> None:
        self._begun, self._free = usage(self.root), _room(self.root)

    def __call__(self) -> str:
        pids = self._tree()
        return self._tasks(pids) or self._memory(pids) or self._disk(pids)

    def _tree(self) -> dict[int, _Task]:
        """The sandbox's processes by the id that they have outside."""
        first = self.first()
        if not first:
            return {}
        tasks = dict(_all_tasks())
        children = defaultdict(list)
        for pid, task in tasks.items():
            children[task.parent].append(pid)
        found, ahead = {}, [first]
        while ahead:
            pid = ahead.pop()
            ahead += children[pid]
            if pid in tasks:
                found[pid] = tasks[pid]
        return found

    def _tasks(self, pids: dict[int, _Task]) -> str:
        count = sum(task.threads for task in pids.values())
        return f"more than {self.limits.tasks} processes and threads" if count > self.limits.tasks else ""

    def _memory(self, pids: dict[int, _Task]) -> str:
        """Pages that forks share are counted once, which costs more, so only where it decides."""
        limit, at_most = self.limits.memory, sum(task.pages for task in pids.values()) * _PAGE
        if at_most > limit and sum(_shared_out(pid, task) for pid, task in pids.items()) > limit:
            return f"more than {limit >> 20} MiB of memory"
        return "this machine's memory is nearly used up" if _available() < self.limits.reserve else ""

    def _disk(self, pids: dict[int, _Task]) -> str:
        """The file system is asked each time, the folder walked only when it may have grown, or after a while."""
        room, now = _room(self.root), time.monotonic()
        if room[0] < self.limits.reserve:
            return "this machine's disk is nearly full"
        grew = self._free[0] - room[0] > self.limits.growth // 4 or self._free[1] - room[1] > self.limits.files // 4
        if now < self._next_walk or not (grew or self._next_walk == 0 or now > self._next_walk + 5):
            return ""
        size, files = usage(self.root)
        size += sum(_unlinked(pid) for pid in pids)
        self._next_walk = now + 5 * (time.monotonic() - now)
        if size - self._begun[0] > self.limits.growth:
            return f"more than {self.limits.growth >> 20} MiB were written into the workspace"
        return f"more than {self.limits.files} files were made" if files - self._begun[1] > self.limits.files else ""


def usage(root: Path) -> tuple[int, int]:
    """Bytes and number of what is under `root`; holes in files count, because a copy may fill them."""
    size, count, ahead = 0, 0, [str(root)]
    while ahead:
        with suppress(OSError), os.scandir(ahead.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    count += 1
                    if entry.is_dir(follow_symlinks=False):
                        ahead.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
    return size, count


def _room(root: Path) -> tuple[int, int]:
    there = os.statvfs(root)
    return there.f_bavail * there.f_frsize, there.f_favail


def _all_tasks() -> Iterator[tuple[int, _Task]]:
    for entry in os.scandir(_PROC):
        if entry.name.isdecimal():
            with suppress(OSError, IndexError):
                fields = (_PROC / entry.name / "stat").read_text(errors="replace").rpartition(")")[2].split()
                yield int(entry.name), _Task(parent=int(fields[1]), threads=int(fields[17]), pages=int(fields[21]))


def _shared_out(pid: int, task: _Task) -> int:
    """Bytes; a page that several processes share counts in parts. All its pages where the kernel does not tell."""
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except PermissionError:
        return task.pages * _PAGE
    except OSError:
        return 0  # it ended just now
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _available() -> int:
    for line in (_PROC / "meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return _GIB * 1024  # a kernel before 3.14 does not tell


def _unlinked(pid: int) -> int:
    """Bytes of files that have no name any more but are held open."""
    size = 0
    with suppress(OSError):
        for held in os.scandir(_PROC / str(pid) / "fd"):
            with suppress(OSError):
                found = held.stat()
                size += found.st_size if stat.S_ISREG(found.st_mode) and not found.st_nlink else 0
    return size
