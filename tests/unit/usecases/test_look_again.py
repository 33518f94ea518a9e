"""An edit that no webhook told in time is found when somebody is asked to approve, and told in the same words, once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.adapters.jira_edits import text_edit
from ferry.domain.approval import Approval, Decision
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import FerryError, NotFound, VendorUnavailable
from ferry.domain.messages.screened import REFUSED, SUSPICIOUS
from ferry.domain.step import ticket_key
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import EDITED, UNCOMPARED
from ferry.domain.triggers.slack import Click
from ferry.usecases.admit import admit
from ferry.usecases.click import clicked
from tests.fakes.issue_tracker import FakeIssueTracker, comment
from tests.unit.usecases.conftest import AT, TASK, FakeWorld, request_approval, ticket
from tests.unit.usecases.test_edits import LATER, RULES, edit, jira, said

NEW_TEXT = "Discounts for volume\n\nPlease, and thank you"


def edited(world: FakeWorld, number: str = "77", at: str = LATER, after: str = NEW_TEXT) -> None:
    world.tracker.edited["FERRY-1"] = (number, "bea", at, after)


def told(world: FakeWorld, kind: str = EDITED) -> list[str]:
    return [event.detail for event in world.store.events(TASK) if event.kind == kind]


def shown(world: FakeWorld) -> list[str]:
    """The diffs in Slack."""
    found = [json.dumps(message.blocks) for message in world.chat.messages.values()]
    return [text for text in found if "after the trigger. The task goes on" in text]


def asked(world: FakeWorld, revision: int = 1) -> tuple[Approval, str]:
    """The request, and its message as people see it."""
    approval = request_approval(TASK, revision, "token", world)
    return approval, json.dumps(list(world.chat.messages.values())[-1].blocks)


def webhook(number: str = "77") -> dict[str, Any]:
    body = edit("Please, and thank you")
    body["issue"]["fields"]["summary"] = "Discounts for volume"
    return {**body, "changelog": {**body["changelog"], "id": number}}


def tell(world: FakeWorld, body: dict[str, Any], id: str = "e") -> Receipt:
    return admit(jira(id, body, LATER), world, RULES)


def test_an_edit_that_came_before_its_tickets_label_is_shown_at_the_approval(planned: FakeWorld) -> None:
    frozen = planned.artifacts.get(ticket_key(TASK))
    edited(planned)

    _, message = asked(planned)

    assert told(planned) == [
        "Bea changed the ticket's text of FERRY-1 after the trigger (change 77); shown, not obeyed"
    ]
    [difference] = shown(planned)
    assert "-Please\\n+Please, and thank you" in difference
    assert "FERRY-1 was changed once after the trigger" in message
    assert planned.artifacts.get(ticket_key(TASK)) == frozen


def test_a_comment_nobody_told_of_is_shown_as_are_changed_and_deleted_ones(planned: FakeWorld) -> None:
    before = [comment("Round up", id="1"), comment("Keep this", id="2")]
    frozen = ticket().with_comments(before)
    planned.artifacts.put(ticket_key(TASK), frozen.model_dump_json().encode())
    changed = before[0].model_copy(update={"text": "Round down", "changed_at": LATER})
    planned.tracker.written["FERRY-1"] = [changed, comment("Also new", id="3", at=LATER)]

    asked(planned)

    assert [("-Round up\\n+Round down" in one, "+Also new" in one, "-Keep this" in one) for one in shown(planned)] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_what_stood_there_at_the_trigger_and_what_ferry_wrote_is_no_edit(planned: FakeWorld) -> None:
    edited(planned, at=AT)
    planned.tracker.written["FERRY-1"] = [
        comment("from a customer, never frozen", kind="customer"),
        comment("Ferry's plan", id="4", author="FERRY", at=LATER),
    ]

    _, message = asked(planned)

    assert (told(planned), told(planned, UNCOMPARED)) == ([], [])
    assert "warning" not in message


def test_a_text_changed_back_is_no_edit(planned: FakeWorld) -> None:
    edited(planned, after="Discounts for volume\n\nPlease")

    asked(planned)

    assert told(planned) == []


@pytest.mark.parametrize("webhook_first", [True, False])
def test_an_edit_is_told_once_whoever_finds_it_first(planned: FakeWorld, webhook_first: bool) -> None:
    edited(planned)
    finders = [lambda: tell(planned, webhook()), lambda: asked(planned)]

    for find in finders if webhook_first else reversed(finders):
        find()

    assert len(told(planned)) == len(shown(planned)) == 1


@pytest.mark.parametrize("event", ["comment_created", "comment_deleted"])
def test_a_comment_that_a_webhook_told_is_not_told_again(planned: FakeWorld, event: str) -> None:
    frozen = ticket().with_comments([comment("Old words", id="9")] if event == "comment_deleted" else [])
    planned.artifacts.put(ticket_key(TASK), frozen.model_dump_json().encode())
    body = said("*New* words", event=event)
    body["comment"]["updated"] = "2026-11-21T13:05:00.000+0100"
    tell(planned, body)
    if event == "comment_created":
        planned.tracker.written["FERRY-1"] = [comment("New words", id="9", at=LATER)]

    asked(planned)

    assert len(told(planned)) == len(shown(planned)) == 1


def test_a_newer_edit_is_told_at_the_next_revision_and_the_older_not_again(planned: FakeWorld) -> None:
    edited(planned)
    asked(planned)
    edited(planned, number="78", after="Discounts\n\nPlease")

    _, message = asked(planned, revision=2)

    assert [line.rpartition("(")[2] for line in told(planned)] == [
        "change 77); shown, not obeyed",
        "change 78); shown, not obeyed",
    ]
    assert "changed 2 times" in message


@pytest.mark.parametrize("failure", [VendorUnavailable("Jira is away"), NotFound("FERRY-1: no such ticket")])
def test_a_jira_that_cannot_be_asked_stops_no_approval_and_the_message_says_so(
    planned: FakeWorld, failure: FerryError
) -> None:
    planned.tracker = FakeIssueTracker(failure=failure)

    approval, message = asked(planned)

    assert "could not be compared with the ticket as it is now" in message
    assert str(failure) in told(planned, UNCOMPARED)[0]
    assert click(planned, approval).outcome is Outcome.DECIDED
    assert "could not be compared" in json.dumps(planned.chat.messages[message_of(planned, approval)].blocks)


def test_a_later_request_that_could_compare_does_not_say_that_it_could_not(planned: FakeWorld) -> None:
    planned.tracker = FakeIssueTracker(failure=VendorUnavailable("Jira is away"))
    asked(planned)
    planned.tracker = FakeIssueTracker()
    planned.clock.advance(60)

    assert "could not be compared" not in asked(planned, revision=2)[1]


def test_an_edit_between_request_and_approval_is_shown_to_whoever_approved(planned: FakeWorld) -> None:
    approval, _ = asked(planned)
    edited(planned)

    receipt = click(planned, approval)

    assert receipt.outcome is Outcome.DECIDED
    assert len(shown(planned)) == 1


def click(world: FakeWorld, approval: Approval) -> Receipt:
    wish = Click("U1", TASK, approval.id, approval.digest[:16], Decision.APPROVED, "")
    delivery = Delivery(Source.SLACK, "c1", "block_actions", "{}", AT)
    return clicked(delivery, wish, world, RULES)


def message_of(world: FakeWorld, approval: Approval) -> str:
    return world.gate.approval(TASK, approval.id).message_ref


def test_a_name_that_looks_like_a_change_hides_no_other(planned: FakeWorld) -> None:
    body = webhook("76")
    body["user"]["displayName"] = "Bea (change 77); shown, not obeyed"
    tell(planned, body)
    edited(planned)

    asked(planned)

    assert len(told(planned)) == 2


def test_a_ticket_frozen_by_the_sweep_reads_alike_though_jira_writes_it_otherwise() -> None:
    """Its text came from Jira's document form, and the changelog has wiki markup."""
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": "bold", "marks": [{"type": "strong"}]}]}
    items = [{"field": "description", "fromString": "", "toString": "*bold*"}]
    issue = {
        "fields": {"summary": "T", "description": {"type": "doc", "version": 1, "content": [paragraph]}},
        "changelog": {"histories": [{"id": "7", "created": "2026-11-21T13:05:00.000+0100", "items": items}]},
    }
    swept: Ticket = replace_text(ticket(), "T", "bold")

    assert text_edit(issue, swept) is None
    assert text_edit(issue, replace_text(swept, "T", "plain")) is not None


def replace_text(found: Ticket, title: str, text: str) -> Ticket:
    return found.model_copy(update={"title": title, "text": text})


def test_what_looks_like_an_order_to_an_ai_is_shown_to_whoever_approves(planned: FakeWorld) -> None:
    planned.store.add_event(TASK, SUSPICIOUS, "the ticket looks like an instruction to an AI (gives a role): “<!here>”")
    planned.store.add_event(TASK, REFUSED, "read_file acme/payroll: not among the repositories")

    _, message = asked(planned)

    assert "text that looks like an instruction to an AI was read" in message
    assert "the ticket looks like an instruction to an AI (gives a role)" in message
    assert "&lt;!here&gt;" in message
    assert "read_file acme/payroll" in message
