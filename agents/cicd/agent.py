"""CI/CD: one red run of one pull request, mended within the approved plan or handed to a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from agents.cicd.conversation import Fix, mend
from agents.cicd.logs import failing_steps
from ferry.agentkit.approved import Approved, load_approved, pull_request_of
from ferry.agentkit.text import cut
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import Workspace
from ferry.domain.change import FileChange
from ferry.domain.ci import HARMLESS, PASSES, CheckRun, CiCause, CiOutcome, CiResult
from ferry.domain.ci_cause import classify, code_can_mend
from ferry.domain.errors import GateViolation, NotFound, StaleHead
from ferry.domain.gates import check_diff
from ferry.domain.step import StepRequest

EXCERPT = 2000


class NotMended(Exception):
    """A fix that does not hold; the text says why, for a person."""


def fix_ci(request: StepRequest, bench: Workbench) -> dict[str, Any]:
    """`CiResult` of the red run at `request.head`, and ``head``: of the branch afterwards.

    NotApproved, StaleHead when `request.head` is not the branch's head any more, and what a conversation may raise.
    """
    approved = load_approved(request, bench.artifacts, bench.store)
    head = bench.forge.head(request.repo, approved.record.branch)
    if head != request.head:
        raise StaleHead(
            f"{request.repo}: CI is red at {request.head[:7]}, but {approved.record.branch} is at "
            f"{(head or 'nothing')[:7]}; only the newest commit is mended. Resume to watch that one"
        )
    result = _Case(request, bench, approved).solve()
    return {**result.dump(), "head": result.commit or request.head}


@dataclass(frozen=True)
class _Case:
    request: StepRequest
    bench: Workbench
    approved: Approved

    def solve(self) -> CiResult:
        failed = self._failed(self.request.head)
        if not failed:
            return CiResult(outcome=CiOutcome.PASSED, cause=CiCause.FLAKY, what="no check is red any more")
        log = "\n\n".join(f"### job {check.name}\n{failing_steps(self._log(check))}" for check in failed)
        cause = self._cause(failed, log)
        if not code_can_mend(cause):
            return self._escalate(cause, f"{cause}: no change to this branch would help", log)
        return self._mend(cause, log)

    def _mend(self, cause: CiCause, log: str) -> CiResult:
        request, writable = self.request, self._writable(cause)
        run = self.bench.talk(request, self.approved, {"attempt": str(request.fix)})
        with self.bench.workspace(self.approved, request.repo, request.head) as place:
            fix = mend(
                place,
                run=run,
                sandbox=self.bench.sandbox,
                seconds=self.bench.command_seconds,
                log=log,
                cause=cause,
                summary=self.approved.record.plan.summary,
                writable=writable,
            )
            cause = fix.cause if cause is CiCause.REAL else cause
            if fix.outcome == "escalated":
                return self._escalate(cause, fix.what, log)
            try:
                changes = self._checked(place, writable)
            except NotMended as error:
                return self._escalate(cause, f"a fix was tried and did not hold: {error}", log)
        return self._commit(fix, cause, changes)

    def _checked(self, place: Workspace, writable: Collection[str]) -> tuple[FileChange, ...]:
        """NotMended unless something changed, only where it may, and the whole suite is green with it."""
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
        with place.replay(changes) as root:
            verdict = self.bench.suite.run(root, root / place.name)
        if not verdict.green:
            raise NotMended(f"the test suite is not green with it: {verdict}")
        return changes

    def _commit(self, fix: Fix, cause: CiCause, changes: tuple[FileChange, ...]) -> CiResult:
        request, store = self.request, self.bench.store
        sha = self.bench.forge.commit(
            request.repo,
            self.approved.record.branch,
            parent=request.head,
            message=f"{fix.commit_message.strip()}\n\nFerry-Task: {request.task_id}/ci-{request.fix}",
            changes=changes,
        )
        self._note(head=sha, fixes=request.fix, note=f"CI fixed ({cause}): {fix.what}")
        store.add_event(request.task_id, "ci fixed", f"{request.repo} {cause}: {fix.what}; committed {sha[:7]}")
        return CiResult(outcome=CiOutcome.FIXED, cause=cause, what=fix.what, commit=sha)

    def _escalate(self, cause: CiCause, what: str, log: str) -> CiResult:
        self._note(ci="escalated", note=what)
        self.bench.store.add_event(self.request.task_id, "ci escalated", f"{self.request.repo} {cause}: {what}")
        return CiResult(outcome=CiOutcome.ESCALATED, cause=cause, what=what, excerpt=cut(log, EXCERPT))

    def _note(self, **fields: Any) -> None:
        pull = pull_request_of(self.bench.store, self.request.task_id, self.request.repo)
        self.bench.store.put_pull_request(self.request.task_id, pull.model_copy(update=fields))

    def _failed(self, sha: str) -> list[CheckRun]:
        checks = self.bench.forge.check_runs(self.request.repo, sha)
        return [check for check in checks if check.conclusion and check.conclusion not in PASSES | HARMLESS]

    def _log(self, check: CheckRun) -> str:
        try:
            return self.bench.forge.job_log(self.request.repo, check.id)
        except NotFound:
            return f"(no log; the check ended with {check.conclusion})"

    def _cause(self, failed: list[CheckRun], log: str) -> CiCause:
        """What the base fails at too is not this branch's doing."""
        base = {check.name for check in self._failed(self.approved.record.bases[self.request.repo])}
        if base >= {check.name for check in failed}:
            return CiCause.BASE_BROKEN
        if any(check.conclusion == "timed_out" for check in failed):
            return CiCause.TIMEOUT
        return classify(log)

    def _writable(self, cause: CiCause) -> frozenset[str]:
        """The approved paths; but tests that fail for a real reason are not mended by changing the tests."""
        plan = self.approved.record.plan
        tests = {task.test_file for task in plan.tasks_of(self.request.repo)} if cause is CiCause.REAL else set()
        return plan.paths_of(self.request.repo) - tests
