"""The gate's record in memory; passes the same contract test as DynamoDB."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from threading import RLock

from ferry.domain.approval import Approval, Decision, Vote
from ferry.domain.audit import AuditHead, AuditRecord, next_record
from ferry.domain.ceiling import RAISED, raised_through
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.guidance import inquired, settled
from ferry.domain.inquiry import Inquiry, answer_of
from tests.fakes.clock import FakeClock
from tests.fakes.meeting import Meeting


class FakeGateStore(Meeting):
    def __init__(self, clock: FakeClock | None = None) -> None:
        self._clock = clock or FakeClock()
        self._approvals: defaultdict[str, dict[str, Approval]] = defaultdict(dict)
        self._tokens: dict[str, str] = {}
        self._votes: defaultdict[str, dict[str, Vote]] = defaultdict(dict)
        self._inquiries: defaultdict[str, dict[str, Inquiry]] = defaultdict(dict)
        self._audit: defaultdict[str, list[AuditRecord]] = defaultdict(list)
        self._lock = RLock()

    def approval(self, task_id: str, id: str) -> Approval:
        if id not in self._approvals[task_id]:
            raise NotFound(f"task {task_id} has no approval {id}")
        return self._approvals[task_id][id]

    def approvals(self, task_id: str) -> list[Approval]:
        found = self._approvals[task_id].values()
        return sorted(found, key=lambda approval: (approval.requested_at, approval.revision, approval.opening))

    def votes(self, approval: Approval) -> list[Vote]:
        self._meet("votes", approval)
        return sorted(self._votes[approval.id].values(), key=lambda vote: vote.at)

    def inquiry(self, task_id: str, id: str) -> Inquiry:
        if id not in self._inquiries[task_id]:
            raise NotFound(f"task {task_id} has no inquiry {id}")
        return self._inquiries[task_id][id]

    def inquiries(self, task_id: str) -> list[Inquiry]:
        return sorted(self._inquiries[task_id].values(), key=lambda one: one.asked_at)

    def inquire(self, inquiry: Inquiry) -> None:
        with self._lock:
            self._inquiries[inquiry.task_id][inquiry.id] = inquiry
            self.note(inquiry.task_id, *inquired(inquiry))

    def show_inquiry(self, inquiry: Inquiry, message_ref: str) -> None:
        with self._lock:
            now = self.inquiry(inquiry.task_id, inquiry.id)
            if now.answer is not None:
                raise Conflict(f"inquiry {inquiry.id} is answered already")
            shown = now.model_copy(update={"message_ref": message_ref})
            self._inquiries[inquiry.task_id][inquiry.id] = shown

    def settle(self, answered: Inquiry) -> bool:
        self._meet("settle", answered)
        with self._lock:
            now = self.inquiry(answered.task_id, answered.id)
            if now.answer is not None:
                return False
            self._inquiries[answered.task_id][answered.id] = answer_of(answered, now)
            self.note(answered.task_id, *settled(answered))
            return True

    def audit(self, task_id: str) -> tuple[list[AuditRecord], AuditHead]:
        records = list(self._audit[task_id])
        return records, self._head(task_id)

    def ask(self, approval: Approval) -> None:
        with self._lock:
            self._approvals[approval.task_id][approval.id] = approval
            about = {**_which(approval), "digest": approval.digest, "expires": approval.expires_at}
            self.note(approval.task_id, "asked", about)

    def wait(self, approval: Approval, token: str) -> bool:
        self._tokens[approval.id] = token
        return self.approval(approval.task_id, approval.id).decision is None

    def token(self, approval: Approval) -> str:
        return self._tokens.get(approval.id, "")

    def show(self, approval: Approval, message_ref: str) -> None:
        with self._lock:
            now = self.approval(approval.task_id, approval.id)
            if now.decision is not None:
                raise Conflict(f"request {approval.id} is decided already")
            self._keep(now.model_copy(update={"message_ref": message_ref}))

    def vote(self, vote: Vote) -> bool:
        with self._lock:
            if vote.by in self._votes[vote.approval_id]:
                return False
            self._votes[vote.approval_id][vote.by] = vote
            self.note(vote.task_id, "vote", {"by": vote.by, "request": vote.approval_id})
            return True

    def decide(self, decided: Approval, **about: str) -> bool:
        self._meet("decide", decided, **about)
        with self._lock:
            now = self.approval(decided.task_id, decided.id)
            if now.decision is not None:
                return False
            made = decided.model_dump(include={"decision", "decided_by", "decided_at", "decided_through", "reason"})
            self._keep(now.model_copy(update=made))
            said = {"decision": str(decided.decision), "by": decided.decided_by, "reason": decided.reason}
            self.note(decided.task_id, "decided", {**_which(decided), **said, **about})
            return True

    def enter(self, approval: Approval, at: str) -> bool:
        self._meet("enter", approval, at)
        with self._lock:
            now = self.approval(approval.task_id, approval.id)
            if now.decision is not Decision.APPROVED or now.entered_at:
                return False
            self._keep(now.model_copy(update={"entered_at": at}))
            self.note(approval.task_id, "entered", {**_which(approval), "digest": approval.digest})
            return True

    def raise_ceiling(self, task_id: str, about: Mapping[str, str]) -> bool:
        with self._lock:
            if raised_through(self._audit[task_id], about["through"]):
                return False
            self.note(task_id, RAISED, about)
            return True

    def note(self, task_id: str, kind: str, about: Mapping[str, str]) -> None:
        self._meet("note", task_id, kind, about)
        with self._lock:
            at = self._clock.now().isoformat(timespec="milliseconds")
            self._audit[task_id].append(next_record(self._head(task_id), at, kind, about))

    def _keep(self, approval: Approval) -> None:
        self._approvals[approval.task_id][approval.id] = approval

    def _head(self, task_id: str) -> AuditHead:
        records = self._audit[task_id]
        return AuditHead(number=records[-1].number, chain=records[-1].chain) if records else AuditHead()


def _which(approval: Approval) -> dict[str, str]:
    return {"request": approval.id, "plan": str(approval.revision), "opening": str(approval.opening)}
