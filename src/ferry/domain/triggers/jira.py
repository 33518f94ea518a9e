"""Jira's webhooks: a label added to an issue starts a task.

Shapes as real Cloud deliveries have them: `labels` is a list of strings, a changelog item carries the labels before
and after as one space-joined string each, `description` is text or null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from ferry.domain.incident import LABEL as OWN_TICKETS
from ferry.domain.ticket import Ticket
from ferry.domain.triggers import Nothing

Json = Mapping[str, Any]


def read_jira(body: Json, *, label: str, own_account: str, at: str) -> Ticket | Nothing:
    """The frozen ticket if `label` was added just now by somebody else than Ferry (`own_account`).

    What Ferry does starts nothing, with one exception: a ticket that it opened for an incident. That is born with both
    labels; no edit of Ferry's gets through, and one fingerprint opens one ticket, so that this cannot become a loop.
    """
    event = body.get("webhookEvent")
    issue = _object(body.get("issue"))
    fields = _object(issue.get("fields"))
    actor = str(_object(body.get("user")).get("accountId") or "")
    if event not in ("jira:issue_created", "jira:issue_updated"):
        return Nothing(f"{event or 'an event without a name'} starts nothing")
    if not _label_added(body, fields, label, created=event == "jira:issue_created"):
        return Nothing(f"the label {label} was not added by this change")
    if own_account and actor == own_account and not _own_incident(str(event), fields):
        return Nothing("Ferry's own account made this change")
    key = str(issue.get("key") or "")
    if not key:
        return Nothing("the payload names no issue key")
    return Ticket(
        key=key,
        title=str(fields.get("summary") or key),
        text=str(fields.get("description") or ""),
        url=_browse_url(str(issue.get("self") or ""), key),
        author=str(_object(fields.get("reporter")).get("displayName") or "unknown"),
        triggered_by=actor or "unknown",
        triggered_by_name=str(_object(body.get("user")).get("displayName") or ""),
        triggered_at=at,
    )


def _own_incident(event: str, fields: Json) -> bool:
    return event == "jira:issue_created" and OWN_TICKETS in (fields.get("labels") or ())


def _label_added(body: Json, fields: Json, label: str, *, created: bool) -> bool:
    if created:
        return label in (fields.get("labels") or ())
    items = _object(body.get("changelog")).get("items") or ()
    return any(
        label in _words(item, "toString") and label not in _words(item, "fromString")
        for item in map(_object, items)
        if item.get("field") == "labels"
    )


def _words(item: Json, name: str) -> list[str]:
    return str(item.get(name) or "").split()


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _browse_url(api_url: str, key: str) -> str:
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}/browse/{key}" if parts.netloc else ""


def as_event(
    key: str,
    label: str,
    *,
    title: str,
    text: str,
    api_url: str,
    author: str,
    labels: Iterable[str],
    actor: tuple[str, str],
    created: bool,
) -> dict[str, Any]:
    """What Jira would have sent when `actor` (account id, name) gave the label, as `read_jira` reads it."""
    fields = {"summary": title, "description": text, "labels": list(labels), "reporter": {"displayName": author}}
    change = {"items": [{"field": "labels", "fromString": "", "toString": label}]}
    return {
        "webhookEvent": "jira:issue_created" if created else "jira:issue_updated",
        "user": {"accountId": actor[0], "displayName": actor[1]},
        "issue": {"key": key, "self": api_url, "fields": fields},
        **({} if created else {"changelog": change}),
    }
