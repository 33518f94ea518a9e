"""A process with an end: its time, its output, its memory and what it leaves behind are bounded."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ferry.ports import CommandResult

TIMED_OUT = 124
KEPT = 64_000
_CHUNK = 65_536
_POLL = 0.1

# Limits are set by a small program that then becomes the command: `preexec_fn` may deadlock where threads run, and an
# agent has its heartbeat's. A limit that the system does not know, or has set lower already, is left as it is.
_LAUNCH = """
import json, os, resource, sys
for name, value in json.loads(sys.argv[1]).items():
    try:
        resource.setrlimit(getattr(resource, name), (value, value))
    except (AttributeError, ValueError, OSError):
        pass
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(print(f"{sys.argv[2]}: {error.strerror}", file=sys.stderr) or 127)
"""


@dataclass(frozen=True)
class Limits:
    """Bytes and counts by the names of setrlimit(2). RLIMIT_NPROC counts all of a user's processes; root is exempt."""

    RLIMIT_DATA: int = 2 * 1024**3
    RLIMIT_FSIZE: int = 256 * 1024**2
    RLIMIT_NPROC: int = 8192
    RLIMIT_NOFILE: int = 1024
    RLIMIT_CORE: int = 0


def limited(command: Sequence[str], limits: Limits) -> list[str]:
    """`command` behind the program that sets `limits`; exit code 127 when it cannot be started."""
    return [sys.executable, "-I", "-S", "-c", _LAUNCH, json.dumps(asdict(limits)), *command]


def run_bounded(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], seconds: float, pass_fds: Sequence[int] = ()
) -> CommandResult:
    """Run `command` in a session of its own and end that whole session. OSError when it cannot be started."""
    started = time.monotonic()
    process = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=pass_fds,
    )
    output = _Output()
    with process:
        try:
            in_time = _follow(process, output, started + seconds)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    return CommandResult(code if in_time else TIMED_OUT, output.text(), time.monotonic() - started, not in_time)


def _follow(process: subprocess.Popen[bytes], output: _Output, deadline: float) -> bool:
    """Read until the process ends; False when the deadline came first. A child that keeps the pipe does not hold us."""
    assert process.stdout is not None  # noqa: S101  PIPE was asked for
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if selector.select(min(left, _POLL)):
                if chunk := os.read(process.stdout.fileno(), _CHUNK):
                    output.add(chunk)
                else:
                    return _ends(process, left)
            elif process.poll() is not None:
                return True
    return False


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


class _Output:
    """The first and the last `KEPT` / 2 bytes of what was written; never more in memory than that and a chunk."""

    def __init__(self) -> None:
        self._head = b""
        self._tail = b""
        self._lost = 0

    def add(self, chunk: bytes) -> None:
        room = KEPT // 2 - len(self._head)
        self._head += chunk[:room]
        tail = self._tail + chunk[room:]
        self._lost += max(0, len(tail) - KEPT // 2)
        self._tail = tail[-KEPT // 2 :]

    def text(self) -> str:
        note = f"\n[… {self._lost} bytes left out …]\n".encode() if self._lost else b""
        return (self._head + note + self._tail).decode("utf-8", "replace")
