"""One ticket per fingerprint, whatever crashes in between; then both sides are linked and people are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ferry.domain.errors import FerryError
from ferry.domain.incident import (
    LABEL,
    Analysis,
    ErrorIssue,
    ErrorTicket,
    analysis_key,
    description,
    incident_id,
    ticket_label,
)
from ferry.domain.messages import incident_failed, incident_opened
from ferry.ports import TicketRef
from ferry.usecases.finish import read_error
from ferry.usecases.world import World

LEASE_SECONDS = 120
SEARCH_LAG_SECONDS = 5.0


def open_ticket(fingerprint: str, issue_id: str, owner: str, label: str, world: World) -> str:
    """The ticket's key. owner: the execution, whose retries may take the claim again; label: what starts a task.

    Conflict while another execution is at it. A crash after the ticket was made and before its key was recorded is
    healed by the ticket's own label.
    """
    before = world.store.error_ticket(fingerprint)
    record = world.store.claim_error_ticket(fingerprint, owner, lease_seconds=LEASE_SECONDS)
    issue = world.errors.issue(issue_id)
    analysis = Analysis.read(world.artifacts.get(analysis_key(fingerprint)), analysis_key(fingerprint))
    if not record.ticket:
        made = _ticket(fingerprint, issue, analysis, label, world, again=before is not None)
        record = record.model_copy(update={"ticket": made.key, "url": made.url})
        world.store.put_error_ticket(record)
    if not record.told:
        _tell(record, issue, analysis, world)
    return record.ticket


def _ticket(
    fingerprint: str, issue: ErrorIssue, analysis: Analysis, label: str, world: World, *, again: bool
) -> TicketRef:
    mark = ticket_label(fingerprint)
    if again:
        # Somebody was here before and may have made it a moment ago; Jira's search is that far behind.
        world.clock.sleep(SEARCH_LAG_SECONDS)
    if found := world.tracker.find(mark):
        return found
    text = description(issue, world.errors.latest_event(issue.id), analysis)
    return world.tracker.create(analysis.title, text, (label, LABEL, mark))


def _tell(record: ErrorTicket, issue: ErrorIssue, analysis: Analysis, world: World) -> None:
    """A notice that fails never undoes the ticket; the two links may be set again, the message is sent once."""
    notices: list[Callable[[], object]] = [
        lambda: world.tracker.link(record.ticket, issue.url, f"{issue.short_id} in Sentry"),
        lambda: world.errors.link(issue.id, record.ticket, record.url),
        lambda: world.chat.post(*incident_opened(issue, analysis, record.ticket, record.url)),
    ]
    for notice in notices:
        try:
            notice()
        except FerryError as error:
            world.store.add_event(incident_id(record.fingerprint), "notice failed", str(error))
    world.store.put_error_ticket(record.model_copy(update={"told": True}))


def incident_stopped(issue_id: str, error: Mapping[str, Any], world: World) -> None:
    """The machine's one failure exit; the next alert or sweep of a later hour tries again."""
    world.chat.post(*incident_failed(issue_id, *read_error(error)))
