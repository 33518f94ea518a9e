"""Execution: the tasks of one repository, test first, each proved before it is committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.execution import progress
from agents.execution.conversation import Work, work_on
from agents.execution.held import Shelf, changes_of, held_of
from agents.execution.progress import Pending, Progress
from agents.execution.proof import Failure, NotProved, Proved, prove
from ferry.agentkit.approved import Approved, load_approved, pull_request_of
from ferry.agentkit.unfinished import kept_at_a_limit, left_unfinished
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import Workspace, tree_digest
from ferry.domain import pr_body
from ferry.domain.change import FileChange
from ferry.domain.errors import PermissionNeeded, StaleHead, WorkNotDone
from ferry.domain.plan import PlanTask
from ferry.domain.pr_body import ProofRow
from ferry.domain.proof import Proof, Role
from ferry.domain.step import StepRequest, proof_key

ATTEMPTS = 3
PLAN_FILE = "PLAN.md"


def execute(request: StepRequest, bench: Workbench) -> dict[str, Any]:
    """Carry out every task of `request.repo`; returns ``{"repo", "head", "commits"}``.

    NotApproved, StaleHead, WorkNotDone, PermissionNeeded, and what a conversation may raise (BudgetExceeded, NoResult,
    ModelRefused, …).
    """
    job = _Job(request, bench, load_approved(request, bench.artifacts, bench.approvals, terms=bench.terms))
    so_far = job.resume()
    for task in job.tasks:
        if task.id not in so_far.done:
            so_far = job.carry_out(task, so_far)
    job.hand_over(so_far)
    return {"repo": request.repo, "head": so_far.head, "commits": len(so_far.done)}


@dataclass(frozen=True)
class _Job:
    request: StepRequest
    bench: Workbench
    approved: Approved

    @property
    def tasks(self) -> tuple[PlanTask, ...]:
        return self.approved.record.plan.tasks_of(self.request.repo)

    def resume(self) -> Progress:
        """StaleHead unless the branch is where we left it, or at the very commit we were about to make."""
        request, record = self.request, self.approved.record
        recorded = pull_request_of(self.bench.store, request.task_id, request.repo).head
        so_far = progress.load(self.bench.artifacts, record, request.repo, recorded)
        head = self.bench.forge.head(request.repo, record.branch)
        if head in (so_far.head, recorded):
            return so_far.model_copy(update={"head": head})
        if head and so_far.pending and self._tree(head) == so_far.pending.tree:
            item = so_far.pending.proof.item
            self._tell("proved", f"{item}: committed {head[:7]} just before the step died; taken over")
            return self._keep(so_far.committed(head))
        raise StaleHead(
            f"{request.repo}: {record.branch} is at {(head or 'nothing')[:7]}, expected {so_far.head[:7]}; somebody "
            "else moved it, nothing was overwritten. Take away what is not ours and resume, or close the pull request"
        )

    def carry_out(self, task: PlanTask, so_far: Progress) -> Progress:
        """At most `ATTEMPTS` fresh attempts, each told why the one before failed."""
        if done := self._allowed(task, so_far):
            return done
        failure = self._cut_short(task, so_far)
        for attempt in range(1, ATTEMPTS + 1):
            run = self.bench.talk(self.request, self.approved, {"item": task.id, "attempt": str(attempt)})
            with self.bench.workspace(self.approved, self.request.repo, so_far.head) as place:
                with kept_at_a_limit(place, self.request, self.approved, self.bench, item=task.id, head=so_far.head):
                    work = work_on(task, place, self.approved, failure, run=run, bench=self.bench)
                try:
                    proved = self._prove(task, place)
                except NotProved as error:
                    failure = error
                    self._tell("attempt failed", f"{task.id}, attempt {attempt} of {ATTEMPTS}: {error.reason}")
                else:
                    self._ask(task, work, proved, place)
                    return self._commit(task, work, proved, place, so_far)
        raise WorkNotDone(
            f"{task.id} in {self.request.repo} failed {ATTEMPTS} attempts; the last one: {failure}. "
            "What was committed before stays; change the ticket or the plan, then resume"
        )

    def _cut_short(self, task: PlanTask, so_far: Progress) -> NotProved | None:
        """What an attempt whose money ran out left on this very commit; its error's message may quote a tool."""
        left = left_unfinished(self.request, self.bench, so_far.head, task.id.__eq__)
        return NotProved(Failure.LIMIT, f"it ended by {left.why.partition(':')[0]}", left.patch) if left else None

    def _allowed(self, task: PlanTask, so_far: Progress) -> Progress | None:
        """The change that a person allowed, proved anew and committed; None where there is none, or it fits no more."""
        held = self.shelf.of(task)
        if held is None or not self.shelf.allowed(held):
            return None
        work = Work(summary=held.summary, commit_message=held.commit_message)
        with self.bench.workspace(self.approved, self.request.repo, so_far.head) as place:
            place.write(changes_of(held))
            try:
                proved = self._prove(task, place)
            except NotProved as error:
                self._tell("attempt failed", f"{task.id}, as it was allowed: {error.reason}")
                return None
            if not self.shelf.allowed(held_of(task, work, proved, place, self.approved)):
                self._tell("attempt failed", f"{task.id}: what was allowed is not what it would change now")
                return None
            self._tell("allowed", f"{task.id}: {'; '.join(one.words for one in held.findings)}")
            return self._commit(task, work, proved, place, so_far)

    def _prove(self, task: PlanTask, place: Workspace) -> Proved:
        integrity = self.bench.integrity_of(self.approved, self.request.repo, tests_may_change=True)
        return prove(place, task, self.approved.record.plan, self.bench.suite, integrity)

    def _ask(self, task: PlanTask, work: Work, proved: Proved, place: Workspace) -> None:
        """PermissionNeeded for what a person has to allow and did not."""
        if not proved.asked:
            return
        held = held_of(task, work, proved, place, self.approved)
        if self.shelf.allowed(held):
            return
        self.shelf.put(held)
        found = "; ".join(one.words for one in held.findings)
        self._tell("permission needed", f"{task.id}: {found}")
        raise PermissionNeeded(f"{task.id} in {task.repo} is proved and not committed; a person has to allow: {found}")

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.bench.artifacts, self.approved, self.request.repo)

    def hand_over(self, so_far: Progress) -> None:
        """The pull request gets its proof and stops being a draft; safe to do twice."""
        request, approved, store, forge = self.request, self.approved, self.bench.store, self.bench.forge
        pull = pull_request_of(store, request.task_id, request.repo).model_copy(
            update={"head": so_far.head, "done": True}
        )
        store.put_pull_request(request.task_id, pull)
        pulls = store.pull_requests(request.task_id)
        body = pr_body.render(approved.record, approved.ticket, pulls, request.repo, so_far.proofs)
        forge.update_pull_request(request.repo, pull.number, body=body)
        forge.mark_ready(request.repo, pull.number)

    def _commit(self, task: PlanTask, work: Work, proved: Proved, place: Workspace, so_far: Progress) -> Progress:
        changes = (*proved.changes, *self._farewell(task, place))
        with place.replay(changes) as root:
            pending = Pending(tree=tree_digest(root / place.name), proof=_row(task, work, proved.proof))
        self._keep_proof(task, proved.proof)
        announced = self._keep(so_far.model_copy(update={"pending": pending}))
        sha = self.bench.forge.commit(
            self.request.repo,
            self.approved.record.branch,
            parent=so_far.head,
            message=self.bench.commit_message(
                self.approved, task.repo, work.commit_message, file=task.file, item=task.id
            ),
            changes=changes,
        )
        done = self._keep(announced.committed(sha))
        self.shelf.done(task, sha)
        self._tell("proved", f"{task.id}: {proved.proof.reason}; committed {sha[:7]}")
        return done

    def _farewell(self, task: PlanTask, place: Workspace) -> tuple[FileChange, ...]:
        """The last commit of a repository takes PLAN.md away; the pull request keeps the plan."""
        leaves = task.id == self.tasks[-1].id and (place.pristine / PLAN_FILE).is_file()
        return (FileChange(PLAN_FILE, None),) if leaves else ()

    def _tree(self, head: str) -> str:
        with self.bench.workspace(self.approved, self.request.repo, head) as place:
            return tree_digest(place.pristine)

    def _keep(self, so_far: Progress) -> Progress:
        progress.save(self.bench.artifacts, self.request.task_id, self.request.repo, so_far)
        return so_far

    def _keep_proof(self, task: PlanTask, proof: Proof) -> None:
        key = proof_key(self.request.task_id, self.request.repo, task.id)
        self.bench.artifacts.put(key, proof.model_dump_json().encode())

    def _tell(self, kind: str, detail: str) -> None:
        self.bench.store.add_event(self.request.task_id, kind, f"{self.request.repo} {detail}")


def _row(task: PlanTask, work: Work, proof: Proof) -> ProofRow:
    return ProofRow(
        item=task.id,
        summary=work.summary,
        test_file=task.test_file,
        base=f"{len(proof.of(Role.PROVES))} failed",
        head=f"{proof.passed} passed",
        commit="",
        proof=proof.for_people(),
    )
