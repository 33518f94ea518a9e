"""The audit chain of a task's gate: each record carries the digest of itself and of the record before.

The head, written in the same transaction as the newest record, counts them; without it a chain that lost its end would
still look whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ferry.domain.approval import Approval, Vote
from ferry.domain.document import Document, digest


class AuditRecord(Document):
    """number: from 1; kind: what happened; about: its facts in words, never a token; previous, chain: hex digests."""

    number: int
    at: str
    kind: str
    about: Mapping[str, str]
    previous: str = ""
    chain: str = ""


class AuditHead(Document):
    """How many records there are, and the chain of the newest."""

    number: int = 0
    chain: str = ""


def next_record(head: AuditHead, at: str, kind: str, about: Mapping[str, str]) -> AuditRecord:
    """The record that follows `head`."""
    return chained(AuditRecord(number=head.number + 1, at=at, kind=kind, about=about, previous=head.chain))


def chained(record: AuditRecord) -> AuditRecord:
    body = record.dump()
    del body["chain"]
    return record.model_copy(update={"chain": digest(body)})


def broken(records: Sequence[AuditRecord], head: AuditHead) -> str:
    """The first broken link in words, "" when the chain is whole from its first record to `head`."""
    previous = ""
    for number, record in enumerate(records, 1):
        if record.number != number or record.previous != previous:
            return f"record {number}: one before it was taken out, put in or changed"
        if chained(record).chain != record.chain:
            return f"record {number} ({record.kind}, {record.at}): it was changed"
        previous = record.chain
    if (head.number, head.chain) != (len(records), previous):
        return f"record {len(records)}: the chain says that there are {head.number}; its end was cut or put in"
    return ""


def gainsaid(records: Sequence[AuditRecord], approvals: Sequence[Approval], votes: Sequence[Vote]) -> str:
    """The first request whose own record says something else than the chain, in words; "" when all agree.

    A whole chain proves itself alone; this proves what it was written for: requests, votes and decisions.
    """
    known = {approval.id for approval in approvals}
    if gone := [id for id in _asked(records) if id not in known]:
        return f"request {gone[0]}: the chain knows it, and it is not there any more"
    for approval in approvals:
        told = {one.kind: one.about for one in records if one.about.get("request") == approval.id}
        heard = [one.about.get("by") for one in records if one.kind == "vote" and _of(one, approval)]
        here = [vote.by for vote in votes if vote.approval_id == approval.id]
        if _facts(approval) != _told(told) or sorted(here) != sorted(map(str, heard)):
            return f"request {approval.id}: its digest, votes, decision or begin is not what the chain tells"
    return ""


def _asked(records: Sequence[AuditRecord]) -> list[str]:
    return [one.about.get("request", "") for one in records if one.kind == "asked"]


def _of(record: AuditRecord, approval: Approval) -> bool:
    return record.about.get("request") == approval.id


def _facts(approval: Approval) -> tuple[str, str, str, str, bool]:
    decision = str(approval.decision or "")
    return approval.digest, decision, approval.decided_by, approval.reason, bool(approval.entered_at)


def _told(told: Mapping[str, Mapping[str, str]]) -> tuple[str, str, str, str, bool]:
    decided = told.get("decided", {})
    said = (decided.get("decision", ""), decided.get("by", ""), decided.get("reason", ""))
    return told.get("asked", {}).get("digest", ""), *said, "entered" in told
