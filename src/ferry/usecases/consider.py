"""An alert is a hint: the error's numbers are read from the tracker, and enough of them start the incident machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import Conflict
from ferry.domain.incident import ErrorIssue, fingerprint, too_few
from ferry.domain.triggers.sentry import Alert
from ferry.usecases.world import World

Verdict = tuple[Outcome, str]
LOUDEST = (Outcome.STARTED, Outcome.DUPLICATE, Outcome.IGNORED)


def consider(delivery: Delivery, alert: Alert, world: World, thresholds: Mapping[str, int]) -> Receipt:
    """One receipt for all issues that the alert is about; it has the outcome of the one that matters most."""
    issues = [world.errors.issue(alert.issue)] if alert.issue else world.errors.issues()
    verdicts = [_verdict(issue, world, thresholds) for issue in issues]
    for outcome in LOUDEST:
        if reasons := [reason for found, reason in verdicts if found is outcome]:
            return Receipt(delivery.name, outcome, "; ".join(reasons[:5]), world.now())
    return Receipt(delivery.name, Outcome.IGNORED, "no unresolved issue was seen in 24 hours", world.now())


def _verdict(issue: ErrorIssue, world: World, thresholds: Mapping[str, int]) -> Verdict:
    if reason := too_few(issue, thresholds):
        return Outcome.IGNORED, reason
    return _has_ticket(issue, world) or _start(issue, world)


def _has_ticket(issue: ErrorIssue, world: World) -> Verdict | None:
    known = world.store.error_ticket(fingerprint(issue.id))
    if known and known.ticket:
        return Outcome.DUPLICATE, f"{issue.short_id} has its ticket: {known.ticket}"
    return None


def _start(issue: ErrorIssue, world: World) -> Verdict:
    """Named by the fingerprint, so that many alerts start one; if that failed, there is one more in each hour."""
    print_ = fingerprint(issue.id)
    hour = datetime.fromisoformat(world.now()).strftime("%Y%m%d%H")
    for name in (print_, f"{print_}-{hour}"):
        try:
            world.incidents.start(name, {"fingerprint": print_, "issue": issue.id})
            return Outcome.STARTED, f"{issue.short_id} is looked into by {name}"
        except Conflict:
            # It has ended: with a ticket, which may be there only now, or without one.
            if verdict := _has_ticket(issue, world):
                return verdict
    return Outcome.DUPLICATE, f"{issue.short_id} could not be made a ticket this hour; the next hour tries again"
