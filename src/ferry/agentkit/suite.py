"""A repository's tests: which runners run them, what became of each test, and whether that is to be believed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from ferry.agentkit.runners import Canary, Project, Unreadable, projects
from ferry.agentkit.runners.detect import LOOKED_FOR, project_of
from ferry.domain.errors import WorkNotDone
from ferry.domain.proof.outcome import RED, Outcome, Status, name_of
from ferry.ports import CommandResult, Sandbox

NO_TESTS = 5  # what pytest answers when it found none


@dataclass(frozen=True)
class Verdict:
    """What a run of tests said. results: by test id; trouble: why they are not to be believed, "" when they are;
    by_exit_code: runners that say nothing of a single test."""

    result: CommandResult
    results: Mapping[str, Outcome] = field(default_factory=dict)
    trouble: str = ""
    by_exit_code: tuple[str, ...] = ()

    @property
    def passed(self) -> int:
        return sum(outcome.status is Status.PASSED for outcome in self.results.values())

    @property
    def failed(self) -> int:
        """A file that could not be run counts as one."""
        return sum(outcome.status in RED for outcome in self.results.values())

    @property
    def green(self) -> bool:
        """Ran and passed; nothing run, or everything skipped, proves nothing."""
        return not self.trouble and self.result.exit_code == 0 and self.passed > 0 and self.failed == 0

    @property
    def red(self) -> bool:
        """Ran and failed. Time-outs, missing programs and "no tests" are neither red nor green."""
        return not self.trouble and self.result.exit_code != 0 and self.failed > 0

    def __str__(self) -> str:
        if self.result.timed_out:
            return f"stopped by the time limit after {self.result.seconds:.0f} s"
        told = f"{self.failed} failed, {self.passed} passed (exit code {self.result.exit_code})"
        return f"{told}; {self.trouble}" if self.trouble else told


@dataclass(frozen=True)
class Suite:
    """Runs tests in a sandbox, at most `seconds` each time."""

    sandbox: Sandbox
    seconds: float

    def run(self, root: Path, repo: Path, paths: Sequence[str] = (), *, canary: bool = False) -> Verdict:
        """paths: relative to `repo`; all tests if none. WorkNotDone when no way to run tests is known.

        canary: two tests of our own run beside those of `paths`, one of which must fail. Code that forges what its
        runner says is found out by what it says of that one. They are not part of the results.
        """
        found = projects(repo)
        if not found:
            raise WorkNotDone(f"{repo.name}: no test command is known; looked for {', '.join(LOOKED_FOR)}")
        asked = [(project, _own(project, found, paths)) for project in found]
        runs = [
            _Run(self, root, repo, project).of(own, canary=canary) for project, own in asked if own or not paths
        ] or [_Run(self, root, repo, found[0]).of(paths)]
        return reduce(_both, runs)


@dataclass(frozen=True)
class _Run:
    """One runner, once."""

    suite: Suite
    root: Path
    repo: Path
    project: Project

    def of(self, paths: Sequence[str], *, canary: bool = False) -> Verdict:
        folder = self.repo / self.project.folder
        within = [self.project.within(path) for path in paths]
        bird = self._hatch(folder, within) if canary else None
        report = self.root / f".report-{secrets.token_hex(8)}"
        report.mkdir()
        try:
            return self._judged(folder, [*within, bird.path] if bird else within, report, bird)
        finally:
            shutil.rmtree(report, ignore_errors=True)
            if bird:
                (folder / bird.path).unlink(missing_ok=True)

    def _hatch(self, folder: Path, paths: Sequence[str]) -> Canary | None:
        for path in paths:
            text = (folder / path).read_text("utf-8", errors="replace") if (folder / path).is_file() else ""
            if text and (bird := self.project.runner.canary(path, text, f"z{secrets.token_hex(4)}")):
                (folder / bird.path).write_text(bird.text, "utf-8")
                return bird
        return None

    def _judged(self, folder: Path, paths: Sequence[str], report: Path, bird: Canary | None) -> Verdict:
        runner = self.project.runner
        command = runner.command(folder, paths, os.path.relpath(report, folder))
        result = self.suite.sandbox.run(command, root=self.root, cwd=folder, seconds=self.suite.seconds)
        kind = (runner.name,) if runner.by_exit_code else ()
        if result.timed_out:
            return Verdict(result, trouble=f"{runner.name} was stopped by the time limit", by_exit_code=kind)
        try:
            results = dict(runner.read(folder, report, result))
        except Unreadable as error:
            return Verdict(result, trouble=f"{runner.name}: {error} (exit code {result.exit_code}{_last(result)})")
        trouble = _crossed(results, result.exit_code) or (_sings(bird, results) if bird else "")
        results, result = _without(bird, results, result)
        named = {self.project.above(id): outcome for id, outcome in results.items()}
        return Verdict(result, named, f"{runner.name}: {trouble}" if trouble else "", kind)


def _own(project: Project, found: tuple[Project, ...], paths: Sequence[str]) -> list[str]:
    return [path for path in paths if project_of(path, found) == project]


def _crossed(results: Mapping[str, Outcome], code: int) -> str:
    """A report and an exit code that contradict each other are both worth nothing."""
    red = [id for id, outcome in results.items() if outcome.status in RED]
    if red and code == 0:
        return f"its report has {len(red)} red tests, but it ended with exit code 0"
    if code not in (0, NO_TESTS) and not red:
        return f"it ended with exit code {code}, but its report has no red test"
    return ""


def _sings(bird: Canary, results: Mapping[str, Outcome]) -> str:
    said = {name: results.get(id) for name, id in (("passes", bird.passes), ("fails", bird.fails))}
    if said["fails"] and said["fails"].status not in RED:
        return f"a test of ours that fails is reported as {said['fails'].status}; what it says is forged"
    if said["passes"] and said["passes"].status is not Status.PASSED:
        return f"a test of ours that passes is reported as {said['passes'].status}"
    unrun = any(outcome.status in RED and not name_of(id) for id, outcome in results.items())
    return "" if all(said.values()) or unrun else "a test of ours beside the new ones was not run"


def _without(
    bird: Canary | None, results: dict[str, Outcome], result: CommandResult
) -> tuple[dict[str, Outcome], CommandResult]:
    if not bird:
        return results, result
    rest = {id: outcome for id, outcome in results.items() if id not in (bird.passes, bird.fails, bird.path)}
    red = any(outcome.status in RED for outcome in rest.values())
    return rest, CommandResult(result.exit_code if red else 0, result.output, result.seconds)


def _last(result: CommandResult) -> str:
    lines = [line.strip() for line in result.output.splitlines() if line.strip()]
    return f": {lines[-1][:200]}" if lines else ""


def _both(one: Verdict, two: Verdict) -> Verdict:
    a, b = one.result, two.result
    code = max(a.exit_code, b.exit_code) if NO_TESTS not in (a.exit_code, b.exit_code) else _sum(a, b)
    return Verdict(
        CommandResult(code, f"{a.output}\n{b.output}", a.seconds + b.seconds, a.timed_out or b.timed_out),
        {**one.results, **two.results},
        "; ".join(filter(None, (one.trouble, two.trouble))),
        (*one.by_exit_code, *two.by_exit_code),
    )


def _sum(a: CommandResult, b: CommandResult) -> int:
    """Of two runners one of which has no tests, the other one counts."""
    return b.exit_code if a.exit_code == NO_TESTS else a.exit_code
