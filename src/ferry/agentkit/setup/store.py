"""Where set-ups are kept: one folder per digest, complete or absent, seen by commands but not written by them."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ferry.domain.errors import SandboxRefused

KEPT = 8


def _default() -> Path:
    return Path(tempfile.gettempdir()) / f"ferry-setup-{os.geteuid()}"


@dataclass(frozen=True)
class SetupStore:
    """home: ours alone; SandboxRefused if somebody else made it."""

    home: Path = field(default_factory=_default)

    @contextmanager
    def place(self, key: str) -> Iterator[tuple[Path, bool]]:
        """The folder of `key` and whether it is complete; nobody else makes it meanwhile."""
        self._own()
        folder = self.home / key
        with (self.home / f"{key}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            complete = self._mark(key).exists()
            if complete:
                self._mark(key).touch()
            else:
                self._prune()
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
            yield folder, complete

    def complete(self, key: str) -> None:
        """Whoever runs the commands to come may read all of it, even if another user id made it."""
        for place, folders, files in os.walk(self.home / key):
            for name in (*folders, *files):
                path = Path(place) / name
                mode = path.lstat().st_mode
                if not stat.S_ISLNK(mode):
                    path.chmod(stat.S_IMODE(mode) | (0o555 if mode & 0o100 else 0o444))
        (self.home / key).chmod(0o755)
        self._mark(key).touch()

    def _mark(self, key: str) -> Path:
        return self.home / f"{key}.complete"

    def _own(self) -> None:
        self.home.mkdir(mode=0o700, exist_ok=True)
        found = self.home.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise SandboxRefused(f"{self.home} is not a folder of ours; take it away")

    def _prune(self) -> None:
        marks = sorted(self.home.glob("*.complete"), key=lambda mark: mark.stat().st_mtime)
        for mark in marks[: max(0, len(marks) - KEPT + 1)]:
            mark.unlink(missing_ok=True)
            shutil.rmtree(mark.with_suffix(""), ignore_errors=True)
