"""One stack per checkout: a lock that dies with its process, and stack.json beside it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any


class StackRunningError(RuntimeError):
    """A stack of this checkout is running already."""


class Claim:
    """Holds `folder` for this process; a lock left by a dead process is none, whatever its stack.json says."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._record = folder / "stack.json"
        self._lock: IO[str] = (folder / "stack.lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackRunningError(self._who()) from None
        self._record.unlink(missing_ok=True)
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def publish(self, info: Mapping[str, Any]) -> Path:
        """Write stack.json in one step, readable by its owner only, for it holds the stack's secrets."""
        draft = self._record.with_suffix(".draft")
        write_private(draft, json.dumps(info, indent=2) + "\n")
        draft.replace(self._record)
        return self._record

    def withdraw(self) -> None:
        self._record.unlink(missing_ok=True)

    def release(self) -> None:
        self._lock.close()

    def _who(self) -> str:
        self._lock.seek(0)
        pid = self._lock.read() or "unknown"
        self._lock.close()
        where = f"; its addresses are in {self._record}" if self._record.exists() else ""
        return f"a stack of this checkout is running already (process {pid}){where}; stop it first"


def write_private(path: Path, text: str) -> None:
    """A file with mode 600 from its first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
