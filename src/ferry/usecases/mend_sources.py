"""Mends of what the sources said and nobody heard. Each returns how many it found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from ferry.domain.admission.people import JiraActor
from ferry.domain.hooks import FailedHook
from ferry.domain.incident import fingerprint, too_few
from ferry.domain.messages import dead_letters
from ferry.domain.triggers.jira import as_event
from ferry.ports import HookLog
from ferry.usecases.mend import knock, mend
from ferry.usecases.world import World

DAYS = 3
"""Older labels are left alone: a ticket that was labelled before Ferry came must not start by surprise."""
SKEW = timedelta(minutes=2)


def find_tickets(world: World, label: str) -> int:
    """Labels that were given after the ticket's last task began, if there is one: the webhook was lost."""
    now = world.clock.now()
    begun: dict[str, datetime] = {}
    for task in world.store.tasks():
        at = datetime.fromisoformat(task.created_at)
        begun[task.ticket_key] = max(at, begun.get(task.ticket_key, at))
    found = 0
    for ticket in world.tracker.labelled(label, days=DAYS):
        at = datetime.fromisoformat(ticket.labelled_at)
        known = ticket.key in begun and at <= begun[ticket.key] + SKEW
        if not known and now - at < timedelta(days=DAYS):
            event = as_event(
                ticket.key,
                label,
                title=ticket.title,
                text=ticket.text,
                api_url=ticket.api_url,
                author=ticket.author,
                labels=ticket.labels,
                actor=JiraActor(ticket.labelled_by, ticket.labelled_by_name, ticket.labelled_by_type),
                change=ticket.change,
                at=ticket.labelled_at,
                created=ticket.created,
            )
            found += knock(f"{ticket.key}-{ticket.change}", str(event["webhookEvent"]), json.dumps(event), world)
    return found


def redeliver_hooks(world: World) -> int:
    """GitHub does not send a delivery again that failed; it does when asked."""
    if world.hooks is None:
        return 0
    found = 0
    for hook in world.hooks.failed():
        again = partial(_again, hook, world.hooks)
        found += mend(f"hook:{hook.guid}:{hook.attempts}", "hook", world, again)
    return found


def find_incidents(world: World, thresholds: Mapping[str, int]) -> int:
    """Errors over their threshold without a ticket: no alert is set up for them, or it was lost."""
    found, hour = 0, world.clock.now().strftime("%Y%m%d%H")
    for issue in world.errors.issues():
        print_ = fingerprint(issue.id)
        known = world.store.error_ticket(print_)
        if not too_few(issue, thresholds) and not (known and known.ticket):
            body = {"action": "unresolved", "data": {"issue": {"id": issue.id}}}
            found += knock(f"incident:{print_}:{hour}", "issue", json.dumps(body), world)
    return found


def count_dead_letters(world: World) -> int:
    """Told once a day for each new count."""
    count = world.dead_letters.count()
    if count:
        today = world.clock.now().date().isoformat()
        mend(f"letters:{today}:{count}", "letters", world, partial(_told, count, world))
    return count


def close_claims(world: World) -> int:
    """Deliveries that were begun an hour ago and never finished: whoever asks `why` is told where they are."""
    found = 0
    for name in world.store.expired_claims():
        found += mend(f"claim:{name}", "claim", world, partial(_unfinished, name))
    return found


def _again(hook: FailedHook, log: HookLog) -> str:
    log.redeliver(hook)
    return f"{hook.event} {hook.guid} was asked for again after {hook.attempts} failed attempts"


def _unfinished(name: str) -> str:
    return f"{name} was begun and never finished; it lies in the dead-letter queue, or its source was swept"


def _told(count: int, world: World) -> str:
    world.chat.post(*dead_letters(count))
    return f"{count} dead letters; Slack was told"
