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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from ferry.ports import CommandResult

TIMED_OUT, STOPPED = 124, 137
KEPT = 64_000
MOST_PRINTED = 256 * 1024**2
_CHUNK = 65_536
_PIPE = 1 << 20  # as much as an unprivileged process may have in one
_POLL = 0.1
_TIME = "time"

# Limits are set by a small program that then becomes the command: `preexec_fn` may deadlock where threads run, and an
# agent has its heartbeat's. The command comes after Ferry's own threads, and goes first when memory ends. A limit that
# the system does not know, or has set lower already, is left as it is.
_LAUNCH = """
import json, os, resource, sys
os.nice(10)
try:
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
except OSError:
    pass
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
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    seconds: float,
    pass_fds: Sequence[int] = (),
    watch: Callable[[], str] = lambda: "",
) -> CommandResult:
    """Run `command` in a session of its own and end that whole session. OSError when it cannot be started.

    watch: asked again and again which other limit was broken.
    """
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
            limit = _follow(process, output, started + seconds, watch)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    code = {"": code, _TIME: TIMED_OUT}.get(limit, STOPPED)
    stopped = "" if limit == _TIME else limit
    return CommandResult(code, output.text(stopped), time.monotonic() - started, limit == _TIME, stopped)


def _follow(process: subprocess.Popen[bytes], output: _Output, deadline: float, watch: Callable[[], str]) -> str:
    """Read until the process ends; the limit that came first, if any. A child that keeps the pipe does not hold us."""
    assert process.stdout is not None  # noqa: S101  PIPE was asked for
    look = 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (now := time.monotonic()) < deadline:
            if now >= look:
                if limit := watch() or output.limit():
                    return limit
                look = time.monotonic() + _POLL
            if selector.select(min(deadline - now, _POLL)):
                if chunk := os.read(process.stdout.fileno(), _CHUNK):
                    output.add(chunk)
                else:
                    selector.unregister(process.stdout)
            if not selector.get_map():
                break
            if process.poll() is not None:
                return _rest(process.stdout, output)
        return _ends(process, deadline, watch)


def _rest(stdout: IO[bytes], output: _Output) -> str:
    """What the pipe still holds when the command has ended, and not what a child goes on to write."""
    os.set_blocking(stdout.fileno(), False)
    with contextlib.suppress(BlockingIOError):
        for _ in range(_PIPE // _CHUNK):
            output.add(os.read(stdout.fileno(), _CHUNK))
    return ""


def _ends(process: subprocess.Popen[bytes], deadline: float, watch: Callable[[], str]) -> str:
    """A command that has closed its output is still held to its limits."""
    while (left := deadline - time.monotonic()) > 0:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(min(left, _POLL))
            return ""
        if limit := watch():
            return limit
    return _TIME


class _Output:
    """The first and the last `KEPT` / 2 bytes of what was written; never more in memory than that and a chunk."""

    def __init__(self) -> None:
        self._head = b""
        self._tail = b""
        self._lost = 0
        self._all = 0

    def add(self, chunk: bytes) -> None:
        self._all += len(chunk)
        room = KEPT // 2 - len(self._head)
        self._head += chunk[:room]
        tail = self._tail + chunk[room:]
        self._lost += max(0, len(tail) - KEPT // 2)
        self._tail = tail[-KEPT // 2 :]

    def limit(self) -> str:
        return f"more than {MOST_PRINTED >> 20} MiB were printed" if self._all > MOST_PRINTED else ""

    def text(self, stopped: str = "") -> str:
        end = f"\n[stopped: {stopped}]\n".encode() if stopped else b""
        note = f"\n[… {self._lost} bytes left out …]\n".encode() if self._lost else b""
        return (self._head + note + self._tail + end).decode("utf-8", "replace")
