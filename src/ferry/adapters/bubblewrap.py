"""Sandbox: bubblewrap. No network, no credential, nothing to write but the workspace, nothing to see but the system.

Options as in bwrap(1) of 0.8; https://github.com/containers/bubblewrap
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ferry.adapters.bounded_process import Limits, limited, run_bounded
from ferry.adapters.plain_process import check_inside, clean_environment
from ferry.domain.errors import SandboxRefused, SandboxUnavailable
from ferry.ports import CommandResult

INSTALL = "install bubblewrap (Debian and Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap)"
HOME = "/tmp/home"  # noqa: S108  a private tmpfs
ISOLATE = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "passwd", "group", "nsswitch.conf", "localtime")


class Bubblewrap:
    """The port `Sandbox`. program: of bwrap, found on PATH if empty."""

    name = "bubblewrap"

    def __init__(self, program: str = "", limits: Limits | None = None) -> None:
        self._program = program or shutil.which("bwrap") or ""
        self._limits = limits or Limits()

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
        if network:
            raise SandboxRefused(f"bubblewrap has no network; {', '.join(sorted(network))} cannot be reached from it")
        root, cwd = root.resolve(), cwd.resolve()
        with tempfile.TemporaryFile() as status:
            wrapped = [self._program, *_options(root, cwd, reads, status.fileno()), *limited(command, self._limits)]
            try:
                result = run_bounded(wrapped, cwd=root, environment={}, seconds=seconds, pass_fds=[status.fileno()])
            except OSError as error:
                raise SandboxUnavailable(f"cannot start {self._program or 'bwrap'}: {error}") from error
            status.seek(0)
            if not result.timed_out and not _command_ended(status.read()):
                raise SandboxUnavailable(f"bubblewrap could not set up the sandbox: {result.output[:500].strip()}")
        return result


def _options(root: Path, cwd: Path, reads: Sequence[Path], status: int) -> list[str]:
    environment = [part for name, value in clean_environment(HOME).items() for part in ("--setenv", name, value)]
    private = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", HOME]  # noqa: S108
    seen = [part for path in (*_visible(), *reads) for part in _show(path)]
    writable = ["--bind", str(root), str(root), "--chdir", str(cwd)]
    return [*ISOLATE, "--clearenv", *environment, *private, *seen, *writable, "--json-status-fd", str(status)]


def _visible() -> Iterator[Path]:
    """The system and the Python that runs Ferry, which a virtual environment finds through its base."""
    yield from (Path(path) for path in SYSTEM)
    yield from (Path("/etc") / name for name in ETC)
    python = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve()}
    yield from sorted(path for path in python if not path.is_relative_to("/usr"))


def _show(path: Path) -> list[str]:
    if path.is_symlink() and path.parent == Path("/"):
        return ["--symlink", str(path.readlink()), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.exists() else []


def _command_ended(status: bytes) -> bool:
    """Whether bwrap got as far as running the command: only then it reports its exit code."""
    return any("exit-code" in json.loads(line) for line in status.splitlines())
