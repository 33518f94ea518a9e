"""A job's log in GitHub's format: every line with its time, steps in groups, errors marked."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType


class JobLog:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", errors="replace")
        self._lock = threading.Lock()

    def __enter__(self) -> JobLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._lock:
            self._file.close()

    def line(self, text: str) -> None:
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
        with self._lock:
            if not self._file.closed:  # a program that outlives its step may still write
                self._file.write(f"{stamp} {text}\n")
                self._file.flush()

    def group(self, title: str, lines: list[str]) -> None:
        for text in (f"##[group]{title}", *lines, "##[endgroup]"):
            self.line(text)

    def error(self, text: str) -> None:
        self.line(f"##[error]{text}")
