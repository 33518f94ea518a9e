"""Sandbox: a plain process. It bounds time, output and memory and hides the environment; it hides no file, no network.

For code of one's own only, and only when asked for by name.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from ferry.adapters.bounded_process import Limits, limited, run_bounded
from ferry.domain.errors import SandboxRefused, SandboxUnavailable
from ferry.ports import CommandResult

SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")
HOME = ".home"


def clean_environment(home: str) -> dict[str, str]:
    """All that a command sees of ours: no credential, no token, and the Python that runs Ferry comes first."""
    return {
        "PATH": ":".join((str(Path(sys.executable).parent), *SYSTEM_PATH)),
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def check_inside(cwd: Path, root: Path) -> None:
    """SandboxRefused when a command would start outside what it may write."""
    if not cwd.resolve().is_relative_to(root.resolve()):
        raise SandboxRefused(f"{cwd} is not inside {root}; run commands within the workspace")


class PlainProcess:
    """The port `Sandbox`."""

    name = "subprocess"

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

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
        home = root / HOME
        home.mkdir(exist_ok=True)
        try:
            return run_bounded(
                limited(command, self._limits), cwd=cwd, environment=clean_environment(str(home)), seconds=seconds
            )
        except OSError as error:
            raise SandboxUnavailable(f"cannot start a process: {error}") from error

    def close(self) -> None:
        """Nothing is kept."""
