"""Writing at the gate: every change is one transaction with its record in the audit chain.

The machine's token is in a partition of its own, ``TOKEN#task``, which agents may not even read (ADR 0010).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ferry.adapters.dynamodb.approvals import DynamoApprovals, gate, inquiry_in, parsed
from ferry.adapters.dynamodb.table import Item, put
from ferry.domain.approval import Approval, Decision, Vote
from ferry.domain.audit import AuditHead, next_record
from ferry.domain.ceiling import RAISED, raised_through
from ferry.domain.errors import Conflict
from ferry.domain.guidance import inquired, settled
from ferry.domain.inquiry import Inquiry, answer_of

ATTEMPTS = 30
NEW = "attribute_not_exists(pk)"
Actions = Sequence[Mapping[str, Any]]


class DynamoGateStore(DynamoApprovals):
    def ask(self, approval: Approval) -> None:
        about = {**_which(approval), "digest": approval.digest, "expires": approval.expires_at}
        self._together(approval.task_id, "asked", about, lambda: [put(self._name, _stored(approval, 1), NEW)])

    def wait(self, approval: Approval, token: str) -> bool:
        item = {"pk": f"TOKEN#{approval.task_id}", "sk": f"approval#{approval.id}", "token": token}
        self._put(item)
        # After the write: whoever decides in between finds the new token, or we find the decision.
        return self.approval(approval.task_id, approval.id).decision is None

    def token(self, approval: Approval) -> str:
        item = self._get(f"TOKEN#{approval.task_id}", f"approval#{approval.id}")
        return str(item["token"]) if item else ""

    def show(self, approval: Approval, message_ref: str) -> None:
        while True:
            item = self._item(approval.task_id, approval.id)
            now = parsed(item)
            if now.decision is not None:
                raise Conflict(f"request {approval.id} is decided already")
            try:
                return self._write([self._next(item, now.model_copy(update={"message_ref": message_ref}))])
            except Conflict:
                continue

    def vote(self, vote: Vote) -> bool:
        key = {"pk": gate(vote.task_id), "sk": f"VOTE#{vote.approval_id}#{vote.by}"}
        action = put(self._name, {**key, "data": vote.model_dump_json()}, NEW)

        def actions() -> Actions | None:
            return None if self._get(*key.values()) else [action]

        return self._together(vote.task_id, "vote", {"by": vote.by, "request": vote.approval_id}, actions)

    def decide(self, decided: Approval, **about: str) -> bool:
        made = decided.model_dump(include={"decision", "decided_by", "decided_at", "decided_through", "reason"})

        def actions() -> Actions | None:
            item = self._item(decided.task_id, decided.id)
            open_one = parsed(item)
            return None if open_one.decision else [self._next(item, open_one.model_copy(update=made))]

        said = {"decision": str(decided.decision), "by": decided.decided_by, "reason": decided.reason}
        return self._together(decided.task_id, "decided", {**_which(decided), **said, **about}, actions)

    def enter(self, approval: Approval, at: str) -> bool:
        def actions() -> Actions | None:
            item = self._item(approval.task_id, approval.id)
            now = parsed(item)
            fresh = now.decision is Decision.APPROVED and not now.entered_at
            return [self._next(item, now.model_copy(update={"entered_at": at}))] if fresh else None

        about = {**_which(approval), "digest": approval.digest}
        return self._together(approval.task_id, "entered", about, actions)

    def inquire(self, inquiry: Inquiry) -> None:
        self._together(inquiry.task_id, *inquired(inquiry), lambda: [put(self._name, _kept(inquiry, 1), NEW)])

    def show_inquiry(self, inquiry: Inquiry, message_ref: str) -> None:
        while True:
            item = self._inquiry_item(inquiry.task_id, inquiry.id)
            now = inquiry_in(item)
            if now.answer is not None:
                raise Conflict(f"inquiry {inquiry.id} is answered already")
            try:
                return self._write([self._after(item, now.model_copy(update={"message_ref": message_ref}))])
            except Conflict:
                continue

    def settle(self, answered: Inquiry) -> bool:
        def actions() -> Actions | None:
            item = self._inquiry_item(answered.task_id, answered.id)
            now = inquiry_in(item)
            return None if now.answer else [self._after(item, answer_of(answered, now))]

        return self._together(answered.task_id, *settled(answered), actions)

    def raise_ceiling(self, task_id: str, about: Mapping[str, str]) -> bool:
        def actions() -> Actions | None:
            return None if raised_through(self.audit(task_id)[0], about["through"]) else []

        return self._together(task_id, RAISED, about, actions)

    def note(self, task_id: str, kind: str, about: Mapping[str, str]) -> None:
        self._together(task_id, kind, about, lambda: [])

    def _together(
        self, task_id: str, kind: str, about: Mapping[str, str], actions: Callable[[], Actions | None]
    ) -> bool:
        """Do `actions` and add the audit record in one transaction; False, and nothing written, when they are None."""
        for attempt in range(ATTEMPTS):
            head, wanted = self._head(task_id), actions()
            if wanted is None:
                return False
            try:
                self._write([*wanted, *self._chain(task_id, head, kind, about)])
            except Conflict:
                self._clock.sleep(random.uniform(0, 0.01 * (attempt + 1)))  # noqa: S311  spreads rivals, guards nothing
                continue
            return True
        raise Conflict(f"the gate of task {task_id} is being written by too many at once")

    def _chain(self, task_id: str, head: AuditHead, kind: str, about: Mapping[str, str]) -> Actions:
        record = next_record(head, self._now(), kind, about)
        pk = gate(task_id)
        line = {"pk": pk, "sk": f"AUDIT#{record.number:06d}", "data": record.model_dump_json()}
        top = {"pk": pk, "sk": "HEAD", "number": record.number, "chain": record.chain}
        return [
            put(self._name, line, NEW),
            put(self._name, top, f"{NEW} OR #chain = :chain", {"#chain": "chain"}, chain=head.chain),
        ]

    def _next(self, item: Item, approval: Approval) -> dict[str, Any]:
        version = int(item["version"])
        return put(self._name, _stored(approval, version + 1), "version = :version", version=version)

    def _after(self, item: Item, inquiry: Inquiry) -> dict[str, Any]:
        version = int(item["version"])
        return put(self._name, _kept(inquiry, version + 1), "version = :version", version=version)


def _which(approval: Approval) -> dict[str, str]:
    return {"request": approval.id, "plan": str(approval.revision), "opening": str(approval.opening)}


def _stored(approval: Approval, version: int) -> Item:
    key = {"pk": gate(approval.task_id), "sk": f"APPROVAL#{approval.id}"}
    return {**key, "data": approval.model_dump_json(), "version": version}


def _kept(inquiry: Inquiry, version: int) -> Item:
    key = {"pk": gate(inquiry.task_id), "sk": f"INQUIRY#{inquiry.id}"}
    return {**key, "data": inquiry.model_dump_json(), "version": version}
