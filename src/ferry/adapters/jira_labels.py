"""Who gave an issue its label, and when: read from Jira's changelog, whose entries hold the labels before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ferry.adapters.adf_text import to_text
from ferry.ports import LabelledTicket

Json = Mapping[str, Any]


def labelled_ticket(issue: Json, label: str) -> LabelledTicket:
    """issue: with its fields and its changelog; no entry for `label` means that the issue was created with it."""
    fields = issue["fields"]
    entries = sorted(_labellings(issue, label), key=lambda entry: _moment(entry["created"]))
    last = entries[-1] if entries else None
    by = (last["author"] if last else fields.get("creator")) or {}
    return LabelledTicket(
        key=str(issue["key"]),
        title=str(fields.get("summary") or issue["key"]),
        text=to_text(fields.get("description")).strip(),
        api_url=str(issue.get("self") or ""),
        author=str((fields.get("reporter") or {}).get("displayName") or "unknown"),
        labels=tuple(fields.get("labels") or ()),
        labelled_by=str(by.get("accountId") or ""),
        labelled_by_name=str(by.get("displayName") or ""),
        labelled_at=_moment(last["created"] if last else fields["created"]).isoformat(),
        change=str(last["id"]) if last else "created",
        created=last is None,
        labelled_by_type=str(by.get("accountType") or ""),
    )


def _labellings(issue: Json, label: str) -> Iterator[Json]:
    for entry in (issue.get("changelog") or {}).get("histories") or ():
        if any(_adds(item, label) for item in entry.get("items") or ()):
            yield entry


def _adds(item: Json, label: str) -> bool:
    before, after = (str(item.get(name) or "").split() for name in ("fromString", "toString"))
    return item.get("field") == "labels" and label in after and label not in before


def _moment(text: str) -> datetime:
    """Jira writes the offset without a colon."""
    return datetime.fromisoformat(text)
