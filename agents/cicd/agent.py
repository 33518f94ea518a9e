"""CI/CD: one red run of one pull request, mended within the approved plan or handed to a person."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from agents.cicd.conversation import Fix, mend
from agents.cicd.diagnosis import Diagnosis, Doctor
from agents.cicd.record import excerpt
from agents.cicd.repair import Mechanic, Repair
from agents.cicd.rerun import start_again
from agents.cicd.work import Work
from ferry.agentkit.approved import load_approved
from ferry.agentkit.unfinished import kept_at_a_limit, left_unfinished, told
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import Workspace, tree_digest
from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun, CiCause, CiOutcome, CiResult
from ferry.domain.ci_cause import code_can_mend
from ferry.domain.ci_history import looks
from ferry.domain.errors import GateViolation, StaleHead
from ferry.domain.gates import check_diff
from ferry.domain.step import StepRequest

AGAIN = frozenset({CiCause.FLAKY, CiCause.INFRASTRUCTURE})
# https://www.conventionalcommits.org/en/v1.0.0/
_KINDS = {CiCause.TYPES: "fix", CiCause.DEPENDENCY: "build"}


class NotMended(Exception):
    """A fix that does not hold; the text says why, for a person."""


def fix_ci(request: StepRequest, bench: Workbench) -> dict[str, Any]:
    """`CiResult` of the red run at `request.head`, and ``head``: what is to be watched next.

    NotApproved, and what a conversation may raise.
    """
    approved = load_approved(request, bench.artifacts, bench.approvals)
    case, branch = Case(request, bench, approved), approved.record.branch
    try:
        head = bench.forge.head(request.repo, branch)
        result = case.solve() if head == request.head else case.taken_over(head)
    except StaleHead:
        result = case.stale(bench.forge.head(request.repo, branch))
    return {**result.dump(), "head": result.commit or request.head}


@dataclass(frozen=True)
class Case(Work):
    def solve(self) -> CiResult:
        red = self._red()
        if not red:
            return CiResult(outcome=CiOutcome.PASSED, cause=CiCause.FLAKY, what="no check is red any more")
        found = self._diagnosis(red)
        self.record.answer({"failed": _names(red), "cause": str(found.cause), "url": red[0].url})
        if found.cause in AGAIN or (found.cause is CiCause.TIMEOUT and (self._ran_again or self._ends_here())):
            return self._again(found, red)
        if not code_can_mend(found.cause):
            return self._escalate(found.cause, found.why, found.log)
        if self.number > self.request.fixes:
            what = f"CI is red again after {self.number - 1} fixes, which is the limit ({found.cause})"
            return self._escalate(found.cause, what, found.log)
        return self._mend(found)

    def _diagnosis(self, red: tuple[CheckRun, ...]) -> Diagnosis:
        repo, forge = self.request.repo, self.bench.forge
        now = forge.head(repo, forge.default_branch(repo))
        bases = dict.fromkeys(sha for sha in (self.approved.record.bases[repo], now) if sha)
        return Doctor(forge, repo, tuple(bases)).diagnose(self.request.head, red)

    @property
    def _ran_again(self) -> bool:
        return looks(self.record.pull.history, self.request.head) > 0

    def _ends_here(self) -> bool:
        """Whether the tests end, and pass, in the sandbox: then CI was slow, and the code is not at fault."""
        with self.bench.workspace(self.approved, self.request.repo, self.request.head) as place:
            return self.bench.suite.run(place.root, place.repo).green

    def _again(self, found: Diagnosis, red: tuple[CheckRun, ...]) -> CiResult:
        """The same commit once more, and only once."""
        if self._ran_again:
            return self._escalate(found.cause, f"{found.why}; it was run again, and is red again", found.log)
        started = start_again(self.bench.forge, self.request.repo, red)
        if not started:
            return self._escalate(found.cause, f"{found.why}; and it could not be run again", found.log)
        result = f"run again at {self.request.head[:7]}"
        self.record.answer({"tried": "one re-run of the failed jobs", "result": result, "rerun": started}, ci="pending")
        self.record.tell("ci rerun", f"at {self.request.head[:7]}: {found.why}")
        return CiResult(outcome=CiOutcome.RERUN, cause=found.cause, what=result)

    def _mend(self, found: Diagnosis) -> CiResult:
        writable = self._writable(found.cause)
        with self.bench.workspace(self.approved, self.request.repo, self.request.head) as place:
            repair = Mechanic(place, writable, self.bench.sandbox, self.bench.command_seconds).repair(
                found.cause, found.log
            )
            try:
                return self._by_tools(found.cause, repair, place, writable)
            except NotMended as error:
                tried = (*repair.tried, *([f"it did not hold: {error}"] if repair.done else ()))
            return self._by_model(found, tried, place, writable)

    def _by_tools(self, cause: CiCause, repair: Repair, place: Workspace, writable: Collection[str]) -> CiResult:
        """NotMended when no tool could."""
        if not repair.done:
            raise NotMended("no tool mended it")
        changes, tree = self._checked(place, writable)
        named = " and ".join(f"`{command}`" for command in repair.commands)
        paths = ", ".join(change.path for change in changes)
        result = CiResult(outcome=CiOutcome.FIXED, cause=cause, what=f"{named} changed {paths}")
        kind = _KINDS.get(cause, "style")
        message = f"{kind}: apply {repair.commands[0].split()[0]} as CI does\n\nRan {', '.join(repair.commands)}."
        return self._deliver(result, message, changes, tree)

    def _by_model(
        self, found: Diagnosis, tried: tuple[str, ...], place: Workspace, writable: Collection[str]
    ) -> CiResult:
        with self._kept(place):
            fix = self._converse(found, tried, place, writable)
        cause = fix.cause if found.cause is CiCause.REAL else found.cause
        if fix.outcome == "escalated":
            return self._escalate(cause, fix.what, found.log, (*tried, "the model read it and handed it over"))
        try:
            changes, tree = self._checked(place, writable)
        except NotMended as error:
            what = f"a fix was tried and did not hold: {error}"
            return self._escalate(cause, what, found.log, (*tried, f"by the model: {fix.what}"))
        result = CiResult(outcome=CiOutcome.FIXED, cause=cause, what=fix.what)
        return self._deliver(result, fix.commit_message, changes, tree)

    def _kept(self, place: Workspace) -> AbstractContextManager[None]:
        return kept_at_a_limit(place, self.request, self.approved, self.bench, item=self._item, head=self.request.head)

    def _converse(self, found: Diagnosis, tried: tuple[str, ...], place: Workspace, writable: Collection[str]) -> Fix:
        return mend(
            place,
            run=self.bench.talk(self.request, self.approved, {"attempt": str(self.number)}),
            sandbox=self.bench.sandbox,
            seconds=self.bench.command_seconds,
            log=found.log,
            cause=found.cause,
            tried=tried,
            summary=self.approved.record.plan.summary,
            writable=writable,
            unfinished=self._unfinished(self._item.__eq__),
        )

    def _unfinished(self, same: Callable[[str], bool]) -> str:
        return told(left_unfinished(self.request, self.bench, self.request.head, same))

    def _checked(self, place: Workspace, writable: Collection[str]) -> tuple[tuple[FileChange, ...], str]:
        """The changes and the digest of the tree they lead to.

        NotMended unless something changed, only where it may, and the whole suite is green with it.
        """
        paths, strange = place.changed()
        if not paths:
            raise NotMended("nothing was changed")
        try:
            check_diff(paths, writable, symlinks=strange)
        except GateViolation as error:
            raise NotMended(str(error)) from error
        changes = place.changes(paths)
        if gone := [change.path for change in changes if change.content is None]:
            raise NotMended(f"{', '.join(gone)} was deleted")
        try:
            self.bench.integrity_of(self.approved, self.request.repo)(place, changes)
        except GateViolation as error:
            raise NotMended(str(error)) from error
        with place.replay(changes) as root:
            tree = tree_digest(root / place.name)
            verdict = self.bench.suite.run(root, root / place.name)
        if not verdict.green:
            raise NotMended(f"the test suite is not green with it: {verdict}")
        return changes, tree

    def _escalate(self, cause: CiCause, what: str, log: str, tried: tuple[str, ...] = ()) -> CiResult:
        entry = {"cause": str(cause), "result": f"escalated: {what}", "excerpt": excerpt(log)}
        self.record.answer({**entry, **({"tried": "; ".join(tried)} if tried else {})}, ci="escalated", note=what)
        self.record.tell("ci escalated", f"{cause}: {what}")
        return CiResult(outcome=CiOutcome.ESCALATED, cause=cause, what=what, excerpt=excerpt(log))

    def _red(self) -> tuple[CheckRun, ...]:
        return tuple(check for check in self.bench.forge.check_runs(self.request.repo, self.request.head) if check.red)

    def _writable(self, cause: CiCause) -> frozenset[str]:
        """The approved paths; but tests that fail for a real reason are not mended by changing the tests."""
        plan = self.approved.record.plan
        real = cause in (CiCause.REAL, CiCause.TIMEOUT)
        tests = {task.test_file for task in plan.tasks_of(self.request.repo)} if real else set()
        return plan.paths_of(self.request.repo) - tests


def _names(red: tuple[CheckRun, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(check.name for check in red))
