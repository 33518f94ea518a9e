"""Sandbox: bubblewrap. No network, no credential, nothing to write but the workspace, nothing to see but the system.

Options as in bwrap(1) of 0.8; https://github.com/containers/bubblewrap. What one process may use is bounded by
setrlimit(2), what all of them use together by `TreeWatch`. RLIMIT_NPROC, which alone stops a fork bomb for certain,
does not hold for root: for root, the command runs under an unprivileged user id that nobody else has.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import sys
import tempfile
from collections.abc import Collection, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from ferry.adapters.bounded_process import Limits, limited, run_bounded
from ferry.adapters.bubblewrap_options import NEST, SAME_ROOT, Identity, options
from ferry.adapters.host_proxy import Connect, connect, host_proxy
from ferry.adapters.plain_process import check_inside
from ferry.adapters.relay import relayed
from ferry.adapters.tree_watch import TreeLimits, TreeWatch
from ferry.domain.errors import SandboxUnavailable
from ferry.ports import CommandResult

INSTALL = "install bubblewrap (Debian and Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap)"
LIMITS = Limits(RLIMIT_NPROC=1024)
_LAST_MOMENTS = 60.0  # a hundred busy processes take a while to die on a busy machine

# Between mounting, which root does, and the command, which it must not run.
_DROP = """
import os, sys
user = int(sys.argv[1])
os.setgroups([])
os.setresgid(user, user, user)
os.setresuid(user, user, user)
os.execvp(sys.argv[2], sys.argv[2:])
"""


class Bubblewrap:
    """The port `Sandbox`. program: of bwrap, found on PATH if empty; reach: how hosts of a set-up are connected."""

    name = "bubblewrap"

    def __init__(
        self, program: str = "", limits: Limits = LIMITS, together: TreeLimits | None = None, reach: Connect = connect
    ) -> None:
        self._program = program or shutil.which("bwrap") or ""
        self._limits = limits
        self._together = together or TreeLimits()
        self._reach = reach
        self._identity = Identity.of_this_process()

    def unavailable(self) -> str:
        """Why it cannot be used here, found out by using it; empty when it can."""
        if not self._program:
            return f"bwrap is not on PATH; {INSTALL}"
        with tempfile.TemporaryDirectory() as folder:
            try:
                trial = self.run(["true"], root=Path(folder), cwd=Path(folder), seconds=20)
            except SandboxUnavailable as error:
                return f"{error}; user namespaces may be switched off here (inside a container they often are)"
        return f"a trial run ended with exit code {trial.exit_code}: {trial.output[:500]}" if trial.exit_code else ""

    def run(
        self,
        command: Sequence[str],
        *,
        root: Path,
        cwd: Path,
        seconds: float,
        network: Collection[str] = (),
        reads: Sequence[Path] = (),
    ) -> CommandResult:
        check_inside(cwd, root)
        root, cwd = root.resolve(), cwd.resolve()
        self._identity.own(root)
        with ExitStack() as stack:
            status = stack.enter_context(_Status())
            door = stack.enter_context(host_proxy(network, self._reach)) if network else None
            folder = door.socket.parent if door else None
            given = options(root, cwd, reads, self._identity, stack, door=folder)
            given_command = relayed(command, sys.executable) if network else command
            watch = TreeWatch(self._together, root, status.first)
            try:
                result = run_bounded(
                    [
                        self._program,
                        *given.words,
                        "--json-status-fd",
                        str(status.there),
                        *self._inside(given_command, cwd),
                    ],
                    cwd=root,
                    environment={},
                    seconds=seconds,
                    pass_fds=[status.there, *given.descriptors],
                    watch=watch,
                )
            except OSError as error:
                raise SandboxUnavailable(f"cannot start {self._program or 'bwrap'}: {error}") from error
            finally:
                _see_it_end(status.first())
            if not (result.timed_out or result.limit) and status.told("exit-code") is None:
                raise SandboxUnavailable(f"bubblewrap could not set up the sandbox: {result.output[:500].strip()}")
        return _told(result, door.refused) if door else result

    def close(self) -> None:
        """Nothing is kept."""

    def _inside(self, command: Sequence[str], cwd: Path) -> list[str]:
        """What is started where the file system is already made."""
        launched = limited(command, self._limits)
        if not self._identity.borrowed:
            return launched
        nested = [self._program, *NEST, *SAME_ROOT, "--chdir", str(cwd), *launched]
        return [sys.executable, "-I", "-S", "-c", _DROP, str(self._identity.user), *nested]


def _told(result: CommandResult, refused: Collection[str]) -> CommandResult:
    """Tools rarely say whom they could not reach."""
    line = f"[not reached, because nobody named it: {', '.join(sorted(refused))}]\n" if refused else ""
    return replace(result, output=result.output + line)


class _Status:
    """What bwrap reports, line by line. A pipe: whoever gets hold of it can add to it but change nothing."""

    def __enter__(self) -> _Status:
        self._here, self.there = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._read = b""
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._here)
        os.close(self.there)

    def first(self) -> int:
        """The sandbox's first process by the id that it has outside, told before the command begins; 0 till then."""
        return self.told("child-pid") or 0

    def told(self, key: str) -> int | None:
        """The first that was said of `key`; of the exit code only if bwrap got as far as running the command."""
        with suppress(BlockingIOError):
            self._read += os.read(self._here, 1 << 16)
        whole = [line for line in self._read.splitlines(keepends=True) if line.endswith(b"\n")]
        return next((found[key] for line in whole if key in (found := json.loads(line))), None)


def _see_it_end(pid: int) -> None:
    """All that is in a PID namespace ends with its first process, and when that one is gone, so is all the rest."""
    if not pid:
        return
    with suppress(ProcessLookupError), ExitStack() as stack:
        handle = os.pidfd_open(pid)
        stack.callback(os.close, handle)
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        selector = stack.enter_context(selectors.DefaultSelector())
        selector.register(handle, selectors.EVENT_READ)
        selector.select(_LAST_MOMENTS)
