"""One program with a time limit, its output line by line, killed with everything it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class Cancel:
    """Shared by a run's jobs: `set` kills the program that runs now and lets no further one start."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._set = False

    def __bool__(self) -> bool:
        return self._set

    def set(self) -> None:
        with self._lock:
            self._set = True
            if self._process is not None:
                _kill(self._process)

    def start(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes] | None:
        """None when already cancelled."""
        with self._lock:
            if self._set:
                return None
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            return self._process

    def ended(self) -> None:
        with self._lock:
            self._process = None


def run(
    command: Sequence[str],
    *,
    folder: Path,
    env: Mapping[str, str],
    seconds: float,
    cancel: Cancel,
    line: Callable[[str], None],
) -> int | None:
    """The exit code; None after `seconds` or a cancel. OSError when it cannot be started."""
    process = cancel.start(command, folder, env)
    if process is None:
        return None
    reader = threading.Thread(target=_read, args=(process, line), daemon=True)
    reader.start()
    code: int | None
    try:
        code = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        code = None
    cancel.ended()
    _kill(process)  # what it left in the background must not outlive the step
    process.wait()
    reader.join(timeout=5)
    return None if cancel else code


def _read(process: subprocess.Popen[bytes], line: Callable[[str], None]) -> None:
    assert process.stdout is not None  # noqa: S101 - opened with PIPE
    with process.stdout as output:
        for raw in output:
            line(raw.decode(errors="replace").rstrip("\r\n"))


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
