"""Reading the gate at ``GATE#task``: ``APPROVAL#id``, ``VOTE#id#person``, ``INQUIRY#id``, ``AUDIT#number`` and
``HEAD``.

A partition of its own, because IAM can keep writers from a partition key (`dynamodb:LeadingKeys`) and from nothing
finer: functions that run an agent may read this one alone, and get no more than this class.
"""

from __future__ import annotations

from ferry.adapters.dynamodb.table import Item, Table
from ferry.domain.approval import Approval, Vote
from ferry.domain.audit import AuditHead, AuditRecord
from ferry.domain.errors import NotFound
from ferry.domain.inquiry import Inquiry

# Whoever adds a record between the two reads of `audit` must not make the chain look broken.
READS = 3


class DynamoApprovals(Table):
    def approval(self, task_id: str, id: str) -> Approval:
        return parsed(self._item(task_id, id))

    def approvals(self, task_id: str) -> list[Approval]:
        found = [parsed(item) for item in self._query(gate(task_id), "APPROVAL#")]
        return sorted(found, key=lambda approval: (approval.requested_at, approval.revision, approval.opening))

    def votes(self, approval: Approval) -> list[Vote]:
        items = self._query(gate(approval.task_id), f"VOTE#{approval.id}#")
        return sorted((Vote.read(item["data"], _name(item)) for item in items), key=lambda vote: vote.at)

    def inquiry(self, task_id: str, id: str) -> Inquiry:
        return inquiry_in(self._inquiry_item(task_id, id))

    def inquiries(self, task_id: str) -> list[Inquiry]:
        found = [inquiry_in(item) for item in self._query(gate(task_id), "INQUIRY#")]
        return sorted(found, key=lambda inquiry: inquiry.asked_at)

    def audit(self, task_id: str) -> tuple[list[AuditRecord], AuditHead]:
        for _ in range(READS):
            head = self._head(task_id)
            items = self._query(gate(task_id), "AUDIT#")
            if len(items) == head.number:
                break
        return [AuditRecord.read(item["data"], _name(item)) for item in items], head

    def _head(self, task_id: str) -> AuditHead:
        item = self._get(gate(task_id), "HEAD")
        return AuditHead(number=int(item["number"]), chain=item["chain"]) if item else AuditHead()

    def _item(self, task_id: str, id: str) -> Item:
        item = self._get(gate(task_id), f"APPROVAL#{id}")
        if item is None:
            raise NotFound(f"task {task_id} has no approval {id}")
        return item

    def _inquiry_item(self, task_id: str, id: str) -> Item:
        item = self._get(gate(task_id), f"INQUIRY#{id}")
        if item is None:
            raise NotFound(f"task {task_id} has no inquiry {id}")
        return item


def gate(task_id: str) -> str:
    """Key of the partition."""
    return f"GATE#{task_id}"


def parsed(item: Item) -> Approval:
    return Approval.read(item["data"], _name(item))


def inquiry_in(item: Item) -> Inquiry:
    return Inquiry.read(item["data"], _name(item))


def _name(item: Item) -> str:
    return f"record {item['pk']} {item['sk']}"
