"""CI/CD: one red run of one pull request, mended within the approved plan or handed to a person."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from agents.cicd.conversation import mend
from agents.cicd.logs import failing_steps
from ferry.agentkit.approved import Approved, load_approved, pull_request_of
from ferry.agentkit.text import cut
from ferry.agentkit.unfinished import kept_at_a_limit
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import Workspace, tree_digest
from ferry.domain.change import FileChange
from ferry.domain.ci import HARMLESS, PASSES, CheckRun, CiCause, CiOutcome, CiResult
from ferry.domain.ci_cause import classify, code_can_mend
from ferry.domain.document import Document
from ferry.domain.errors import GateViolation, NotFound, StaleHead
from ferry.domain.gates import check_diff
from ferry.domain.step import StepRequest, progress_key

EXCERPT = 2000


class NotMended(Exception):
    """A fix that does not hold; the text says why, for a person."""


def fix_ci(request: StepRequest, bench: Workbench) -> dict[str, Any]:
    """`CiResult` of the red run at `request.head`, and ``head``: of the branch afterwards.

    NotApproved, StaleHead when `request.head` is not the branch's head any more, and what a conversation may raise.
    """
    approved = load_approved(request, bench.artifacts, bench.approvals)
    head = bench.forge.head(request.repo, approved.record.branch)
    case = Case(request, bench, approved)
    result = case.solve() if head == request.head else case.taken_over(head)
    return {**result.dump(), "head": result.commit or request.head}


class Announced(Document):
    """A fix that is about to be committed. tree: digest of what the commit leads to; result: without the SHA."""

    tree: str
    result: CiResult


@dataclass(frozen=True)
class Case:
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

    def taken_over(self, head: str | None) -> CiResult:
        """The fix that a step before this one committed just before it died; StaleHead when the commit is not ours."""
        with suppress(NotFound):
            announced = Announced.read(self.bench.artifacts.get(self._key), self._key)
            if head and self._tree(head) == announced.tree:
                return self._fixed(announced.result, head)
        raise StaleHead(
            f"{self.request.repo}: this was about {self.request.head[:7]}, but {self.approved.record.branch} is at "
            f"{(head or 'nothing')[:7]}; only the newest commit is worked on. Resume to watch that one"
        )

    def _mend(self, cause: CiCause, log: str) -> CiResult:
        request, writable = self.request, self._writable(cause)
        run = self.bench.talk(request, self.approved, {"attempt": str(request.fix)})
        kept = partial(kept_at_a_limit, request=request, approved=self.approved, bench=self.bench)
        with (
            self.bench.workspace(self.approved, request.repo, request.head) as place,
            kept(place, item=f"ci-{request.fix}", head=request.head),
        ):
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
                changes, tree = self._checked(place, writable)
            except NotMended as error:
                return self._escalate(cause, f"a fix was tried and did not hold: {error}", log)
        result = CiResult(outcome=CiOutcome.FIXED, cause=cause, what=fix.what)
        self._announce(tree, result)
        return self._fixed(result, self._commit(fix.commit_message, changes))

    def _announce(self, tree: str, result: CiResult) -> None:
        self.bench.artifacts.put(self._key, Announced(tree=tree, result=result).model_dump_json().encode())

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
        with place.replay(changes) as root:
            tree = tree_digest(root / place.name)
            verdict = self.bench.suite.run(root, root / place.name)
        if not verdict.green:
            raise NotMended(f"the test suite is not green with it: {verdict}")
        return changes, tree

    def _commit(self, message: str, changes: tuple[FileChange, ...]) -> str:
        return self.bench.forge.commit(
            self.request.repo,
            self.approved.record.branch,
            parent=self.request.head,
            message=f"{message.strip()}\n\n{self._trailer}",
            changes=changes,
        )

    def _fixed(self, result: CiResult, sha: str) -> CiResult:
        told = f"{result.cause}: {result.what}"
        self._note(head=sha, fixes=self.request.fix, note=f"CI fixed, {told}")
        detail = f"{self.request.repo} {told}; committed {sha[:7]}"
        self.bench.store.add_event(self.request.task_id, "ci fixed", detail)
        return result.model_copy(update={"commit": sha})

    @property
    def _trailer(self) -> str:
        return f"Ferry-Task: {self.request.task_id}/ci-{self.request.fix}"

    @property
    def _key(self) -> str:
        return progress_key(self.request.task_id, f"{self.request.repo}@{self.request.head}")

    def _tree(self, head: str) -> str:
        with self.bench.workspace(self.approved, self.request.repo, head) as place:
            return tree_digest(place.pristine)

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
