"""A command, inside the Code Interpreter: uploaded as it stands, standard library alone, Python 3.9 or newer.

``python3 remote_run.py '{"command": …}'`` prints one line of JSON. It stands between the command and the session: an
empty home, a clean environment, limits for each process, and at the end nothing that goes on running.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

OUTPUT = "ferry.output"
_SHORT, _CHUNK = 10_000, 1 << 16


def run(
    command: Sequence[str], cwd: str, seconds: float, limits: Mapping[str, int], kept: int, most: int
) -> Mapping[str, Any]:
    """Run it in a session of its own with an empty home, and end that session. Output as `bounded_process` keeps it."""
    home = tempfile.mkdtemp(prefix="home-")
    environment = {"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home, "LANG": "C.UTF-8"}
    began, head, tail, size, limit = time.monotonic(), b"", b"", 0, ""
    try:
        _adopt()
        process = _start(command, cwd, {**environment, "PYTHONDONTWRITEBYTECODE": "1"}, limits)
    except OSError as error:
        said = {"size": 0, "output": f"{command[0]}: {error.strerror}\n", "cpu": 0.0, "memory": 0}
        return {"exit_code": 127, "seconds": 0.0, "limit": "", **said}
    memory = [0]
    for chunk in _output(process, began + seconds, memory):
        if chunk is None:
            limit = "time"
            break
        size += len(chunk)
        room = kept // 2 - len(head)
        head, tail = head + chunk[:room], (tail + chunk[room:])[-(kept // 2) :]
        if size > most:
            limit = "more was printed than may be"
            break
    _end(process)
    shutil.rmtree(home, ignore_errors=True)
    lost = size - len(head) - len(tail)
    note = f"\n[… {lost} bytes left out …]\n".encode() if lost else b""
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    Path(OUTPUT).write_bytes(head + note + tail)
    said = {"size": Path(OUTPUT).stat().st_size, "output": (head + note + tail).decode("utf-8", "replace")}
    used = {"cpu": _cpu_seconds(), "memory": max(memory)}
    return {"exit_code": code, "seconds": time.monotonic() - began, "limit": limit, **used, **_shortest(said)}


def _cpu_seconds() -> float:
    """Of all that ended and was waited for: a run is a process of its own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory() -> int:
    """Bytes in use in the whole session now, which is what AWS bills; 0 where nobody says."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        found = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[:10])}
        return (found["MemTotal"] - found["MemAvailable"]) * 1024
    return 0


def _shortest(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """A long output is read from its file: what a reply may carry as text is not told anywhere."""
    return said if said["size"] <= _SHORT else {"size": said["size"]}


def _start(
    command: Sequence[str], cwd: str, environment: Mapping[str, str], limits: Mapping[str, int]
) -> subprocess.Popen[bytes]:
    def bound() -> None:
        for name, value in limits.items():
            try:
                resource.setrlimit(getattr(resource, name), (value, value))
            except (AttributeError, ValueError, OSError):
                continue

    return subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=bound,  # noqa: PLW1509  no thread runs here
    )


def _output(process: subprocess.Popen[bytes], deadline: float, memory: list[int]) -> Iterator[bytes | None]:
    """What it prints until it ends; None when the deadline came first. memory: gets the most that was in use."""
    assert process.stdout is not None  # noqa: S101  PIPE was asked for
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            memory[0] = max(memory[0], _memory())
            ended = process.poll() is not None
            if selector.get_map() and selector.select(0 if ended else 0.05):
                chunk = os.read(process.stdout.fileno(), _CHUNK)
                if chunk:
                    yield chunk
                    continue
                selector.unregister(process.stdout)
            if ended:
                return
            if not selector.get_map():
                time.sleep(0.02)
    yield None


def _adopt() -> None:
    """Children of what ends become ours, so that none gets away (prctl(2), PR_SET_CHILD_SUBREAPER)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def _end(process: subprocess.Popen[bytes]) -> None:
    """All that the command began, daemons too."""
    for _ in range(100):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.poll()
        left = list(_offspring())
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if process.returncode is not None and not left:
            return
        time.sleep(0.01)


def _offspring() -> Iterator[int]:
    parents = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with contextlib.suppress(OSError, IndexError):
                state, parent = Path(entry.path, "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
                parents[int(entry.name)] = 0 if state == "Z" else int(parent)
    for pid in parents:
        above = parents[pid]
        while above not in (0, os.getpid()):
            above = parents.get(above, 0)
        if above:
            yield pid


if __name__ == "__main__":
    print(json.dumps(run(**json.loads(sys.argv[1]))))
