"""The audit chain of a task's gate: each record carries the digest of itself and of the record before.

The head, written in the same transaction as the newest record, counts them; without it a chain that lost its end would
still look whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
