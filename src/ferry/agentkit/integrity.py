"""The integrity gate over a workspace: what every commit of an agent has to pass, whatever it was made for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ferry.agentkit.workspace import Workspace, entries
from ferry.domain.change import FileChange
from ferry.domain.errors import GateViolation
from ferry.domain.gate_rules import ASK, Severity
from ferry.domain.integrity import Asked, Change, Finding, Parse, Scan, inspect
from ferry.domain.integrity.plans import allowed_by
from ferry.domain.plan import Plan

MOST_SAID = 8
Check = Callable[[Workspace, Sequence[FileChange]], None]


class OnlyAsked(GateViolation):
    """Nothing that was found blocks, and a person may allow all of it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{_said(findings)}; nothing of it is committed: a person may make this change by hand")
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Integrity:
    """policy: severities by rule where they differ from the rulebook's."""

    parse: Parse
    scan: Scan
    policy: Mapping[str, Severity] = field(default_factory=dict)

    def of(self, plan: Plan, repo: str, *, tests_may_change: bool) -> Check:
        """A check under one plan. tests_may_change: whether the plan's own tasks are worked on; who mends a CI, or does
        what a comment asks, was never told by the plan to change what a test expects."""
        allowed, asked = allowed_by(plan.dump(), repo)

        def check(place: Workspace, changes: Sequence[FileChange]) -> None:
            """GateViolation names what was found, what blocks and what only a person may allow; OnlyAsked is one where
            nothing blocks."""
            found = inspect(
                [_change(place, one) for one in changes],
                allowed=allowed,
                asked=asked if tests_may_change else Asked(),
                policy=self.policy,
                known=entries(place.pristine).keys(),
                parse=self.parse,
                scan=self.scan,
            )
            if found and all(one.severity == ASK for one in found):
                raise OnlyAsked(found)
            if found:
                raise GateViolation(_said(found))

        return check


def _change(place: Workspace, change: FileChange) -> Change:
    """Only plain files are changed: what is odd was refused before."""
    before = place.pristine / change.path
    known = before.read_bytes() if before.is_file() and not before.is_symlink() else None
    return Change(change.path, known, change.content, executable=change.executable)


def _said(found: Sequence[Finding]) -> str:
    lines = [f"{one.path}:{one.line}: {one.message} ({one.rule}{_aside(one)})" for one in found[:MOST_SAID]]
    more = [f"and {len(found) - MOST_SAID} more"] if len(found) > MOST_SAID else []
    return "; ".join([*lines, *more])


def _aside(finding: Finding) -> str:
    return ", only a person may allow it" if finding.severity == "ask" else ""
