"""Whatever a repository runs its tests by: nothing is known of it but its exit code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ferry.agentkit.runners.runner import Canary, Unreadable
from ferry.domain.proof.outcome import Outcome, Results, Status
from ferry.ports import CommandResult

# GNU make about the target that was asked for, and what it says by itself (its own lines, calls of itself below).
_NOTHING = re.compile(r"^make: (?:Nothing to be done for |['`].+' is up to date)", re.MULTILINE)
_BELOW = re.compile(r"^make\[\d+\]: (?:Nothing to be done for |['`].+' is up to date)", re.MULTILINE)
_OWN = re.compile(r"make\b")


@dataclass(frozen=True)
class ByExitCode:
    """words: the command; it always runs all tests."""

    words: tuple[str, ...]
    by_exit_code: bool = True

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def id(self) -> str:
        return f"{self.name}::exit code"

    def owns(self, path: str) -> bool:
        return True

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        return self.words

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        """Unreadable when make says that there was nothing to do: its exit code is 0 then, and no test was run."""
        if not result.exit_code and _idle(result.output):
            raise Unreadable("no test was run, since a file or folder has the target's name; declare it .PHONY")
        return {self.id: Outcome(Status.FAILED if result.exit_code else Status.PASSED, f"exit code {result.exit_code}")}

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        return None


def _idle(output: str) -> bool:
    """One that calls itself in folders below was idle when no line is anybody else's."""
    lines = [line for line in map(str.strip, output.splitlines()) if line]
    return bool(_NOTHING.search(output) or (_BELOW.search(output) and all(map(_OWN.match, lines))))
