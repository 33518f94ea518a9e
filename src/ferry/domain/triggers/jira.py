"""Jira's webhooks: a label added to an issue starts a task; what is written later on the ticket is told to people.

Shapes as real Cloud deliveries have them: `labels` is a list of strings, a changelog item carries the labels before
and after as one space-joined string each, `description` is text or null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ferry.domain.admission.people import JiraActor, JiraPeople
from ferry.domain.incident import LABEL as OWN_TICKETS
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import TicketEdit, comment_change, text_change
from ferry.domain.triggers import Nothing

Json = Mapping[str, Any]


def read_jira(
    body: Json, *, label: str, own_account: str, at: str, allowed: frozenset[str] = frozenset()
) -> Ticket | Nothing:
    """The frozen ticket if `label` was added just now by somebody who may (see `JiraPeople`); at: when it arrived.

    What Ferry does starts nothing, with one exception: a ticket that it opened for an incident. That is born with both
    labels; no edit of Ferry's gets through, and one fingerprint opens one ticket, so that this cannot become a loop.
    """
    event = body.get("webhookEvent")
    issue = _object(body.get("issue"))
    fields = _object(issue.get("fields"))
    actor = _actor(body.get("user"))
    if event not in ("jira:issue_created", "jira:issue_updated"):
        return Nothing(f"{event or 'an event without a name'} starts nothing")
    if not _label_added(body, fields, label, created=event == "jira:issue_created"):
        return Nothing(f"the label {label} was not added by this change")
    refusal = JiraPeople(own_account, allowed).refusal(actor)
    if refusal and not _own_incident(body, fields, actor, own_account):
        return Nothing(refusal)
    key = str(issue.get("key") or "")
    if not key:
        return Nothing("the payload names no issue key")
    return Ticket(
        key=key,
        title=str(fields.get("summary") or key),
        text=str(fields.get("description") or ""),
        url=_browse_url(str(issue.get("self") or ""), key),
        author=str(_object(fields.get("reporter")).get("displayName") or "unknown"),
        triggered_by=actor.account or "unknown",
        triggered_by_name=actor.name,
        triggered_at=_moment(body, at),
        trigger=_change(body, issue),
    )


def _own_incident(body: Json, fields: Json, actor: JiraActor, own_account: str) -> bool:
    """Also where only some people may trigger: nobody but Ferry's own account opens these."""
    born = body.get("webhookEvent") == "jira:issue_created" and OWN_TICKETS in (fields.get("labels") or ())
    return born and bool(own_account) and actor.account == own_account


def read_edit(body: Json, *, at: str) -> TicketEdit | Nothing:
    """A change of title or description, or of a comment; at: when it arrived."""
    event = str(body.get("webhookEvent") or "")
    issue = _object(body.get("issue"))
    fields, key = _object(issue.get("fields")), str(issue.get("key") or "")
    if not key:
        return Nothing("the payload names no issue key")
    if event.startswith("comment_"):
        return _comment_edit(key, event, body, _moment(body, at))
    changed = {str(item.get("field")).lower() for item in _items(body)}
    if not changed & {"summary", "description"}:
        return Nothing("neither the label nor the ticket's text was changed")
    actor = _actor(body.get("user"))
    after = f"{fields.get('summary') or key}\n\n{fields.get('description') or ''}"
    change = text_change(_object(body.get("changelog")).get("id"))
    return TicketEdit(key, actor.account, actor.name, _moment(body, at), after, change=change)


def _comment_edit(key: str, event: str, body: Json, at: str) -> TicketEdit:
    comment = _object(body.get("comment"))
    actor = _actor(comment.get("updateAuthor") or comment.get("author"))
    id, gone = str(comment.get("id") or "?"), event == "comment_deleted"
    change = comment_change(id, "" if gone else _utc(comment.get("updated")) or at)
    after = "" if gone else str(comment.get("body") or "")
    return TicketEdit(key, actor.account, actor.name, at, after, id, change)


def _utc(jiras: object) -> str:
    """``2021-01-17T12:34:00.000+0000`` as RFC 3339 in UTC; "" when it is no moment with a zone."""
    try:
        moment = datetime.fromisoformat(str(jiras))
        return moment.astimezone(UTC).isoformat(timespec="milliseconds") if moment.tzinfo else ""
    except (ValueError, OverflowError):
        return ""


def _actor(user: object) -> JiraActor:
    found = _object(user)
    return JiraActor(*(str(found.get(name) or "") for name in ("accountId", "displayName", "accountType")))


def _moment(body: Json, arrived: str) -> str:
    """Jira's own time of the event (milliseconds since the epoch), so that a late delivery is not a late event."""
    stamp = body.get("timestamp")
    if not isinstance(stamp, int) or not 0 < stamp < 4_102_444_800_000:
        return arrived
    return min(datetime.fromtimestamp(stamp / 1000, UTC).isoformat(timespec="milliseconds"), arrived)


def _change(body: Json, issue: Json) -> str:
    if body.get("webhookEvent") == "jira:issue_created":
        return f"jira:created:{issue['id']}" if issue.get("id") else ""
    change = _object(body.get("changelog")).get("id")
    return f"jira:change:{change}" if change else ""


def _label_added(body: Json, fields: Json, label: str, *, created: bool) -> bool:
    if created:
        labels = fields.get("labels")
        return isinstance(labels, list) and label in labels
    return any(
        label in _words(item, "toString") and label not in _words(item, "fromString")
        for item in _items(body)
        if item.get("field") == "labels"
    )


def _items(body: Json) -> list[Json]:
    items = _object(body.get("changelog")).get("items")
    return [_object(item) for item in items] if isinstance(items, list) else []


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
    actor: JiraActor,
    change: str,
    at: str,
    created: bool,
) -> dict[str, Any]:
    """What Jira would have sent when `actor` gave the label, as `read_jira` reads it: the same change by the same name
    (change: id of the changelog's entry), so that a webhook that comes late after all starts nothing twice."""
    fields = {"summary": title, "description": text, "labels": list(labels), "reporter": {"displayName": author}}
    items = [{"field": "labels", "fromString": "", "toString": label}]
    return {
        "webhookEvent": "jira:issue_created" if created else "jira:issue_updated",
        "timestamp": int(datetime.fromisoformat(at).timestamp() * 1000),
        "user": {"accountId": actor.account, "displayName": actor.name, "accountType": actor.account_type},
        "issue": {"id": api_url.rpartition("/")[2], "key": key, "self": api_url, "fields": fields},
        **({} if created else {"changelog": {"id": change, "items": items}}),
    }
