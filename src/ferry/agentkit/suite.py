"""A repository's tests: which command runs them, and what its answer means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ferry.domain.errors import WorkNotDone
from ferry.ports import CommandResult, Sandbox

# An absolute verbosity: with a repository's own ``-q`` in addopts, one more would silence the summary. pytest's
# cache may stay: copies are thrown away, and without it a repository's own ``--lf`` or ``cache_dir`` is an error.
PYTEST = ("python", "-m", "pytest", "--verbosity=-1")
NODE = ("node", "--test")
COMMANDS = {
    "pyproject.toml": PYTEST,
    "pytest.ini": PYTEST,
    "setup.cfg": PYTEST,
    "setup.py": PYTEST,
    "tox.ini": PYTEST,
    "package.json": NODE,
}
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PASSED = re.compile(r"\b(\d+) passed\b|^(?:\S )?pass (\d+)$", re.MULTILINE)
_FAILED = re.compile(r"\b(\d+) (?:failed|errors?)\b|^(?:\S )?fail (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What a run of tests said: counts as the runner printed them, 0 where it printed none."""

    result: CommandResult

    @property
    def passed(self) -> int:
        return _sum(_PASSED, self.result.output)

    @property
    def failed(self) -> int:
        """Errors in collecting count too: a test of what does not exist yet cannot even be imported."""
        return _sum(_FAILED, self.result.output)

    @property
    def green(self) -> bool:
        """Ran and passed; nothing run, or everything skipped, proves nothing."""
        return self.result.exit_code == 0 and self.passed > 0

    @property
    def red(self) -> bool:
        """Ran and failed. Time-outs, missing programs and "no tests" (pytest's 4 and 5) are neither red nor green."""
        return self.result.exit_code in (1, 2) and self.failed > 0

    def __str__(self) -> str:
        if self.result.timed_out:
            return f"stopped by the time limit after {self.result.seconds:.0f} s"
        return f"{self.failed} failed, {self.passed} passed (exit code {self.result.exit_code})"


@dataclass(frozen=True)
class Suite:
    """Runs tests in a sandbox, at most `seconds` each time."""

    sandbox: Sandbox
    seconds: float

    def run(self, root: Path, repo: Path, paths: Sequence[str] = ()) -> Verdict:
        """paths: relative to `repo`; all tests if none. WorkNotDone when no test command is known."""
        command = (*command_for(repo), *paths)
        return Verdict(self.sandbox.run(command, root=root, cwd=repo, seconds=self.seconds))


def command_for(repo: Path) -> tuple[str, ...]:
    """WorkNotDone names what was looked for."""
    for name, command in COMMANDS.items():
        if (repo / name).is_file():
            return command
    raise WorkNotDone(f"{repo.name}: no test command is known; looked for {', '.join(COMMANDS)}")


def _sum(pattern: re.Pattern[str], output: str) -> int:
    """Of the last line that has any: runners print their summary last."""
    lines = reversed(_COLOUR.sub("", output).splitlines())
    last = next((line for line in lines if pattern.search(line)), "")
    return sum(int(one or two) for one, two in pattern.findall(last))
