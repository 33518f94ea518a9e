"""Whatever a repository runs its tests by: nothing is known of it but its exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ferry.agentkit.runners.runner import Canary
from ferry.domain.proof.outcome import Outcome, Results, Status
from ferry.ports import CommandResult


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
        return {self.id: Outcome(Status.FAILED if result.exit_code else Status.PASSED, f"exit code {result.exit_code}")}

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        return None
