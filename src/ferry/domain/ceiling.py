"""What people let a task spend beside its ceiling: decisions in its gate's audit chain, which no agent can write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ferry.domain.audit import AuditRecord

WANTED, RAISED = "raise wanted", "ceiling raised"


def raised_cents(records: Iterable[AuditRecord]) -> int:
    """All raises together."""
    return sum(int(record.about["cents"]) for record in records if record.kind == RAISED)


def raised_through(records: Iterable[AuditRecord], through: str) -> bool:
    """Whether the delivery `through` brought one already."""
    return any(record.kind == RAISED and record.about.get("through") == through for record in records)


def wanting(records: Sequence[AuditRecord], cents: int) -> tuple[str, ...]:
    """Keys of those who asked for `cents` more since the ceiling was raised last, each once."""
    last = max((record.number for record in records if record.kind == RAISED), default=0)
    asked = (one for one in records if one.kind == WANTED and one.number > last and one.about["cents"] == str(cents))
    return tuple(dict.fromkeys(one.about["by"] for one in asked))
