"""Deterministic tools first: what CI complains of is mended by the tool that complained, if it can."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from agents.cicd.commands import Command, ci_commands
from agents.cicd.fixers import Fixer, fixer_of
from agents.cicd.tools.run_command import undo
from agents.cicd.versions import pinned, version_in
from ferry.agentkit.workspace import Workspace
from ferry.domain.ci import CiCause
from ferry.ports import CommandResult, Sandbox

NOT_THERE = 127


@dataclass(frozen=True)
class Repair:
    """done: the check that was red is green here now. tried: one line for each tool, also for those not run."""

    done: bool
    tried: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass
class Mechanic:
    """Changes only what is `writable`; everything else is put back."""

    place: Workspace
    writable: Collection[str]
    sandbox: Sandbox
    seconds: float
    _tried: list[str] = field(default_factory=list)
    _ran: list[str] = field(default_factory=list)

    def repair(self, cause: CiCause, log: str) -> Repair:
        """log: of the failing steps; only tools that are named in it are started."""
        checks = [(check, fixer) for check, fixer in self._known(cause) if _named(check, log)]
        changed = [check for check, fixer in checks if self._apply(check, fixer)]
        if changed and cause is not CiCause.FORMAT:
            for check, fixer in self._known(CiCause.FORMAT):  # what a linter changed must be in shape again
                self._apply(check, fixer)
        done = bool(changed) and all(self._run(check).exit_code == 0 for check in changed)
        return Repair(done, tuple(self._tried), tuple(self._ran))

    def _known(self, cause: CiCause) -> Iterator[tuple[Command, Fixer]]:
        for command in ci_commands(self.place.repo):
            fixer = fixer_of(command)
            if fixer and cause in fixer.mends:
                yield command, fixer

    def _apply(self, check: Command, fixer: Fixer) -> bool:
        """Whether it ran, at the version that the repository wants."""
        fix = fixer.fix(check)
        shown = " ".join(fix)
        if shown in self._ran:
            return True
        here, wanted = self._version(check[0]), pinned(check[0], self.place.repo)
        if wanted and here != wanted:
            self._tried.append(f"`{shown}` was not run: the repository wants {wanted}, here is {here or 'none'}")
            return False
        result = self._run(fix)
        undo(self.place, self.writable)
        if result.exit_code == NOT_THERE:
            self._tried.append(f"`{shown}` was not run: {check[0]} is not in the sandbox")
            return False
        self._tried.append(f"`{shown}`{f' ({here})' if here else ''}: exit code {result.exit_code}")
        self._ran.append(shown)
        return True

    def _version(self, tool: str) -> str:
        result = self._run((tool, "--version"))
        return version_in(result.output) if result.exit_code == 0 else ""

    def _run(self, command: Command) -> CommandResult:
        """A program that the repository installed for itself goes before one of the same name."""
        place, local = self.place, f"node_modules/.bin/{command[0]}"
        program = local if (place.repo / local).is_file() else command[0]
        return self.sandbox.run((program, *command[1:]), root=place.root, cwd=place.repo, seconds=self.seconds)


def _named(command: Command, log: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(command[0])}(?![\w-])", log) is not None
