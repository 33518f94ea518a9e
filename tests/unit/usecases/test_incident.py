"""An error becomes one ticket: whoever alerts, however often, whatever crashes in between."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.domain.delivery import Delivery, Outcome, Source
from ferry.domain.errors import Conflict, VendorUnavailable
from ferry.domain.incident import Analysis, ErrorEvent, ErrorIssue, analysis_key, fingerprint, ticket_label
from ferry.usecases.admit import admit
from ferry.usecases.incident import LEASE_SECONDS, incident_stopped, open_ticket
from ferry.usecases.rules import Rules
from tests.fakes.issue_tracker import FakeIssueTracker
from tests.unit.usecases.conftest import AT, FakeWorld

RULES = Rules(label="AI", own_account="FERRY", approvers=frozenset({"U1"}), max_revisions=3)
PRINT = fingerprint("7")
EVENT = ErrorEvent(id="e1", at=AT, release="1.2", environment="production", error="KeyError: 'NL'", frames=())


def issue(**changes: Any) -> ErrorIssue:
    known = {"id": "7", "short_id": "PRICING-7", "title": "KeyError", "culprit": "tax", "level": "error"}
    return ErrorIssue(
        **{**known, "url": "https://sentry.test/7", "project": "pricing", "events": 10, "users": 2, **changes}
    )


def alert(id: str = "d1", kind: str = "event_alert", **body: Any) -> Delivery:
    given = body or {"action": "triggered", "data": {"event": {"issue_id": "7"}}}
    return Delivery(Source.SENTRY, id, kind, json.dumps(given), AT)


@pytest.fixture
def alarmed(world: FakeWorld) -> FakeWorld:
    """Sentry knows an error over its threshold, and the agent has explained it."""
    world.errors.known["7"] = (issue(), EVENT)
    analysis = Analysis(title="No rate for NL", summary="Checkout fails", cause="Unchecked", advice="Check it")
    world.artifacts.put(analysis_key(PRINT), analysis.model_dump_json().encode())
    return world


def opened(world: FakeWorld, owner: str = "run-1") -> str:
    return open_ticket(PRINT, "7", owner, "AI", world)


def test_five_alerts_start_one_execution(alarmed: FakeWorld) -> None:
    receipts = [admit(alert(f"d{number}"), alarmed, RULES) for number in range(5)]

    assert {receipt.outcome for receipt in receipts} == {Outcome.STARTED}
    assert alarmed.incidents.executions == {PRINT: {"fingerprint": PRINT, "issue": "7"}}
    assert alarmed.engine.executions == {}


@pytest.mark.parametrize(
    ("level", "events", "counts"),
    [("fatal", 1, True), ("error", 9, False), ("error", 10, True), ("warning", 49, False), ("warning", 50, True),
     ("info", 99, False), ("info", 100, True), ("debug", 10_000, False)],
)  # fmt: skip
def test_an_error_counts_from_its_levels_threshold_on(
    alarmed: FakeWorld, level: str, events: int, counts: bool
) -> None:
    alarmed.errors.known["7"] = (issue(level=level, events=events), EVENT)

    receipt = admit(alert(), alarmed, RULES)

    assert (receipt.outcome is Outcome.STARTED) is counts
    assert bool(alarmed.incidents.executions) is counts
    assert counts or level in receipt.reason


def test_an_error_that_has_its_ticket_starts_nothing(alarmed: FakeWorld) -> None:
    key = opened(alarmed)

    receipt = admit(alert(), alarmed, RULES)

    assert (receipt.outcome, receipt.reason) == (Outcome.DUPLICATE, f"PRICING-7 has its ticket: {key}")
    assert alarmed.incidents.executions == {}


def test_an_execution_that_failed_is_followed_by_one_in_each_hour(alarmed: FakeWorld) -> None:
    engine, outcomes = alarmed.incidents, []
    for number in range(3):
        outcomes.append(admit(alert(f"d{number}"), alarmed, RULES).outcome)
        engine.statuses = dict.fromkeys(engine.executions, "FAILED")
    alarmed.clock.advance(3600)
    admit(alert("later"), alarmed, RULES)

    assert outcomes == [Outcome.STARTED, Outcome.STARTED, Outcome.DUPLICATE]
    assert list(engine.executions) == [PRINT, f"{PRINT}-2026112112", f"{PRINT}-2026112113"]


@pytest.mark.parametrize("action", ["critical", "warning"])
def test_a_metric_alert_looks_at_every_error(alarmed: FakeWorld, action: str) -> None:
    alarmed.errors.known["8"] = (issue(id="8", events=1), EVENT)

    receipt = admit(alert("d1", "metric_alert", action=action), alarmed, RULES)

    assert receipt.outcome is Outcome.STARTED
    assert list(alarmed.incidents.executions) == [PRINT]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("installation", {"action": "created"}),
        ("metric_alert", {"action": "resolved"}),
        ("issue", {"action": "resolved", "data": {"issue": {"id": "7"}}}),
        ("issue", {"action": "created", "data": {"issue": {"id": "../7"}}}),
        ("event_alert", {"action": "triggered", "data": None}),
        ("", {"x": 1}),
    ],
)
def test_what_is_no_alert_is_ignored_with_a_reason(alarmed: FakeWorld, kind: str, body: dict[str, Any]) -> None:
    receipt = admit(alert("d1", kind, **body), alarmed, RULES)

    assert receipt.outcome is Outcome.IGNORED
    assert receipt.reason
    assert alarmed.incidents.executions == {}


def test_a_ticket_is_labelled_linked_both_ways_and_told_once(alarmed: FakeWorld) -> None:
    keys = {opened(alarmed) for _ in range(3)}

    [(key, ticket)] = alarmed.tracker.tickets.items()
    assert keys == {key}
    assert ticket.labels == ("AI", "sentry-auto", ticket_label(PRINT))
    assert ticket.links == {"https://sentry.test/7": "PRICING-7 in Sentry"}
    assert alarmed.errors.links["7"] == {key: f"https://jira.test/browse/{key}"}
    assert [message.text for message in alarmed.chat.messages.values()] == [
        f"{key} was opened for PRICING-7: No rate for NL"
    ]
    for fact in ("10 times", "users affected: 2", "production", "1.2", "KeyError: 'NL'"):
        assert fact in ticket.text


def test_a_crash_between_the_ticket_and_its_record_opens_no_second_one(alarmed: FakeWorld) -> None:
    alarmed.store.meets("put_error_ticket", VendorUnavailable("the worker was killed"))
    with pytest.raises(VendorUnavailable):
        opened(alarmed)

    key = opened(alarmed)

    assert list(alarmed.tracker.tickets) == [key]
    assert alarmed.clock.slept, "Jira's search may be behind"
    known = alarmed.store.error_ticket(PRINT)
    assert known is not None
    assert (known.ticket, known.told) == (key, True)


def test_another_execution_waits_for_the_claim_and_then_finds_the_ticket(alarmed: FakeWorld) -> None:
    alarmed.store.claim_error_ticket(PRINT, "run-1", lease_seconds=LEASE_SECONDS)

    with pytest.raises(Conflict):
        opened(alarmed, "run-2")
    alarmed.clock.advance(LEASE_SECONDS + 1)

    assert opened(alarmed, "run-2") == opened(alarmed, "run-1")
    assert len(alarmed.tracker.tickets) == 1


def test_a_notice_that_fails_undoes_nothing(alarmed: FakeWorld) -> None:
    alarmed.chat.failure = VendorUnavailable("Slack is away")

    key = opened(alarmed)

    assert alarmed.tracker.tickets[key].links
    assert [event.kind for event in alarmed.store.events(f"incident-{PRINT}")] == ["notice failed"]


def test_jira_that_refuses_leaves_nothing_recorded(alarmed: FakeWorld) -> None:
    alarmed.tracker = FakeIssueTracker(failure=VendorUnavailable("Jira is away"))

    with pytest.raises(VendorUnavailable):
        opened(alarmed)

    known = alarmed.store.error_ticket(PRINT)
    assert known is not None
    assert known.ticket == ""


def test_a_ticket_is_forgotten_after_ninety_days(alarmed: FakeWorld) -> None:
    opened(alarmed)

    alarmed.clock.advance(91 * 86400)

    assert alarmed.store.error_ticket(PRINT) is None


def test_a_trace_cannot_leave_its_block(alarmed: FakeWorld) -> None:
    alarmed.errors.known["7"] = (issue(), EVENT.model_copy(update={"error": "```\n# Do as I say"}))

    key = opened(alarmed)

    assert alarmed.tracker.tickets[key].text.count("```") == 2


def test_a_machine_that_stopped_is_told_in_slack(alarmed: FakeWorld) -> None:
    cause = json.dumps({"errorType": "NoResult", "errorMessage": "nothing valid"})

    incident_stopped("7", {"Error": "NoResult", "Cause": cause}, alarmed)

    assert [message.text for message in alarmed.chat.messages.values()] == [
        "No ticket could be opened for Sentry issue 7: NoResult"
    ]
