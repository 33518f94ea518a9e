"""Decisions by comments of the ticket and by reviews: as good as a click, and bound to what was shown."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest

from ferry.domain.approval import Approval, Decision
from ferry.domain.change import FileChange
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import VendorUnavailable
from ferry.domain.policy import parse_policy
from ferry.domain.task import TaskStatus
from ferry.domain.ticket_edit import EDITED
from ferry.usecases.admit import admit
from ferry.usecases.gate import HOLDS, GateRules, ask, check, wait
from ferry.usecases.rules import Rules
from ferry.usecases.waiting import WAITING
from tests.fakes.issue_tracker import FakeIssueTracker
from tests.fakes.issue_tracker import comment as written
from tests.unit.usecases.conftest import REPO, TASK, FakeWorld
from tests.unit.usecases.conftest import RULES as GATE

NUMBERS = itertools.count(100)
LATER = "2026-11-21T12:05:00.000+00:00"
PEOPLE = {"approvers": ["jira:ANN", "jira:BOB", "github:ann", "slack:U1"], "channels": ["slack", "jira", "github"]}


def rules(**policy: Any) -> Rules:
    said = parse_policy(json.dumps({**PEOPLE, **policy}))
    return Rules(label="AI", own_account="FERRY", approvers=frozenset(), max_revisions=2, policy=said)


RULES = rules()
SLACK_ONLY = rules(channels=["slack"])


def gate_rules(of: Rules) -> GateRules:
    return replace(GATE, policy=of.deciding)


def asked(world: FakeWorld, of: Rules = RULES, revision: int = 1) -> Approval:
    ask(TASK, revision, world, gate_rules(of))
    wait(TASK, "token", world)
    return world.gate.approvals(TASK)[-1]


def tell(
    world: FakeWorld,
    text: str,
    by: str = "ANN",
    *,
    of: Rules = RULES,
    id: str = "",
    event: str = "comment_created",
    kind: str = "atlassian",
    comment: str = "",
) -> Receipt:
    """A comment of the ticket, which stands there too."""
    number = next(NUMBERS)
    comment = comment or str(number)
    author = {"accountId": by, "displayName": by.title(), "accountType": kind}
    body = {
        "webhookEvent": event,
        "issue": {"key": "FERRY-1"},
        "comment": {"id": comment, "author": author, "updateAuthor": author, "body": text, "updated": LATER},
    }
    if comment not in {one.id for one in world.tracker.written["FERRY-1"]}:
        world.tracker.written["FERRY-1"].append(written(text, author=by, id=comment, at=LATER, kind=kind))
    return admit(Delivery(Source.JIRA, id or f"j{number}", event, json.dumps(body), LATER), world, of)


def reviews(world: FakeWorld, state: str, *, of: Rules = RULES, **changes: Any) -> Receipt:
    head = world.forge.pull_request(REPO, 1).head
    user = {"login": changes.pop("by", "ann"), "type": changes.pop("type", "User")}
    number, now = next(NUMBERS), world.now()
    review = {"id": number, "state": state, "body": "", "commit_id": head, "submitted_at": now, "user": user, **changes}
    body = {
        "action": "submitted",
        "repository": {"full_name": REPO},
        "pull_request": {"number": 1},
        "review": review,
        "sender": user,
    }
    delivery = Delivery(Source.GITHUB, f"g{number}", "pull_request_review", json.dumps(body), LATER)
    return admit(delivery, world, of)


def decision(world: FakeWorld) -> Decision | None:
    return world.gate.approvals(TASK)[-1].decision


def events(world: FakeWorld, kind: str) -> list[str]:
    return [event.detail for event in world.store.events(TASK) if event.kind == kind]


def comments(world: FakeWorld) -> list[str]:
    return world.forge.pull(REPO, 1).comments


def test_the_ticket_is_told_the_requests_digest_and_how_to_answer(planned: FakeWorld) -> None:
    approval = asked(planned)

    [told] = planned.tracker.said["FERRY-1"]
    assert f"@ferry approve {approval.digest[:16]}" in told
    assert f"digest `{approval.digest[:16]}`" in told
    assert "forge.test/acme/pricing/pull/1" in told


def test_each_opening_is_told_once_with_its_own_digest(planned: FakeWorld) -> None:
    first, second = asked(planned), asked(planned)

    told = planned.tracker.said["FERRY-1"]
    assert [approval.digest[:16] in text for approval, text in zip((first, second), told, strict=True)] == [True, True]
    assert first.digest[:16] not in told[1]


def test_where_the_policy_takes_no_decision_nobody_is_told_of_one(planned: FakeWorld) -> None:
    body = planned.forge.pull(REPO, 1).body

    asked(planned, SLACK_ONLY)

    assert planned.tracker.said["FERRY-1"] == []
    assert planned.forge.pull(REPO, 1).body == body


def test_a_ticket_that_cannot_be_told_stops_no_request(planned: FakeWorld) -> None:
    planned.tracker = FakeIssueTracker(failure=VendorUnavailable("Jira is away"))

    assert asked(planned).decision is None
    assert any("FERRY-1 was not told" in one for one in events(planned, "notice failed"))


@pytest.mark.parametrize("shown", [12, 16, 64])
def test_a_comment_that_names_the_digest_approves(planned: FakeWorld, shown: int) -> None:
    approval = asked(planned)

    receipt = tell(planned, f"@ferry approve {approval.digest[:shown]}")

    assert (receipt.outcome, receipt.reason, receipt.task_id) == (Outcome.DECIDED, "approved by jira:ANN", TASK)
    assert planned.engine.answers["token"]["decision"] == "approved"
    assert planned.tracker.said["FERRY-1"][-1] == "Ann: Decided: approved by jira:ANN."


def test_a_comment_that_decided_is_no_edit_of_the_ticket(planned: FakeWorld) -> None:
    approval = asked(planned)

    tell(planned, f"@ferry approve {approval.digest[:16]}")

    assert events(planned, EDITED) == []
    assert check(TASK, 1, planned, gate_rules(RULES))["state"] == HOLDS


def test_a_second_answer_that_came_too_late_opens_nothing_again(planned: FakeWorld) -> None:
    approval = asked(planned)
    tell(planned, f"@ferry approve {approval.digest[:16]}")

    late = tell(planned, f"@ferry approve {approval.digest[:16]}", "BOB")

    assert "already decided: approved by jira:ANN" in late.reason
    assert check(TASK, 1, planned, gate_rules(RULES))["state"] == HOLDS


def test_any_other_comment_after_the_approval_still_opens_the_gate_again(planned: FakeWorld) -> None:
    approval = asked(planned)
    tell(planned, f"@ferry approve {approval.digest[:16]}")

    tell(planned, "Please do something else", "BOB")

    assert check(TASK, 1, planned, gate_rules(RULES))["state"] == WAITING
    assert decision(planned) is None


def test_words_of_a_comment_go_to_the_machine(planned: FakeWorld) -> None:
    approval = asked(planned)

    tell(planned, f"@ferry changes {approval.digest[:16]} smaller steps")

    assert planned.engine.answers["token"]["decision"] == "changes_requested"
    assert planned.engine.answers["token"]["reason"] == "smaller steps"


@pytest.mark.parametrize("shown", [12, 15, 16, 64])
@pytest.mark.parametrize("openings", [2, 3])
@pytest.mark.parametrize("verb", ["approve", "reject", "changes"])
def test_the_digest_of_an_older_opening_never_counts(planned: FakeWorld, shown: int, openings: int, verb: str) -> None:
    *older, newest = [asked(planned) for _ in range(openings)]

    for approval in older:
        receipt = tell(planned, f"@ferry {verb} {approval.digest[:shown]} words")

        assert (receipt.outcome, decision(planned)) == (Outcome.IGNORED, None)
        assert "another plan than the one that waits" in receipt.reason
        assert "another plan" in planned.tracker.said["FERRY-1"][-1]
    assert not planned.engine.answers
    assert tell(planned, f"@ferry approve {newest.digest[:shown]}").outcome is Outcome.DECIDED


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param({"by": "EVE"}, "not among those who may approve", id="somebody without permission"),
        pytest.param({"by": "FERRY"}, "Ferry's own account", id="Ferry itself"),
        pytest.param({"kind": "app"}, "changed a comment", id="an app"),
        pytest.param({"event": "comment_updated"}, "changed a comment", id="a comment changed afterwards"),
        pytest.param({"of": SLACK_ONLY}, "changed a comment", id="where Jira is no place to decide"),
    ],
)
def test_a_comment_that_may_not_decide_changes_nothing(planned: FakeWorld, said: dict[str, Any], reason: str) -> None:
    approval = asked(planned, said.get("of", RULES))

    receipt = tell(planned, f"@ferry approve {approval.digest[:16]}", **said)

    assert (receipt.outcome, decision(planned)) == (Outcome.IGNORED, None)
    assert reason in receipt.reason
    assert not planned.engine.answers


def test_ferrys_own_account_never_counts_though_no_setting_names_it(planned: FakeWorld) -> None:
    nameless = replace(rules(approvers=["jira:FERRY"]), own_account="")
    approval = asked(planned, nameless)

    receipt = tell(planned, f"@ferry approve {approval.digest[:16]}", "FERRY", of=nameless)

    assert "own account" in receipt.reason
    assert decision(planned) is None


def test_an_answer_without_a_digest_is_told_to_name_one_and_shown_as_an_edit(planned: FakeWorld) -> None:
    asked(planned)

    receipt = tell(planned, "@ferry approve")

    assert "name the digest" in receipt.reason
    assert "name the digest" in planned.tracker.said["FERRY-1"][-1]
    assert len(events(planned, EDITED)) == 1


def test_one_comment_is_answered_once_though_told_twice(planned: FakeWorld) -> None:
    approval = asked(planned)

    for _ in range(2):
        tell(planned, f"@ferry approve {approval.digest[:16]}", comment="9")

    assert sum(text.startswith("Ann:") for text in planned.tracker.said["FERRY-1"]) == 1


def test_a_worker_that_died_before_the_machine_was_woken_wakes_it_on_the_second_try(planned: FakeWorld) -> None:
    approval = asked(planned)
    planned.engine.meets("succeed", VendorUnavailable("the worker was killed"))
    with pytest.raises(VendorUnavailable):
        tell(planned, f"@ferry approve {approval.digest[:16]}", id="j1", comment="9")

    receipt = tell(planned, f"@ferry approve {approval.digest[:16]}", id="j1", comment="9")

    assert receipt.outcome is Outcome.DECIDED
    assert planned.engine.answers["token"]["decision"] == "approved"


def test_an_ended_task_waits_for_nothing(planned: FakeWorld) -> None:
    approval = asked(planned)
    planned.store.update_task(TASK, status=TaskStatus.FAILED)

    receipt = tell(planned, f"@ferry approve {approval.digest[:16]}")

    assert f"task {TASK} is failed and waits for no decision" in receipt.reason
    assert decision(planned) is None


def test_two_approvals_come_from_two_places(planned: FakeWorld) -> None:
    two = rules(quorum=2)
    approval = asked(planned, two)

    assert tell(planned, f"@ferry approve {approval.digest[:16]}", "BOB", of=two).outcome is Outcome.VOTED
    assert reviews(planned, "approved", of=two).outcome is Outcome.DECIDED
    assert check(TASK, 1, planned, gate_rules(two))["state"] == HOLDS


def test_an_approving_review_of_the_head_decides_and_is_answered_there(planned: FakeWorld) -> None:
    asked(planned)

    receipt = reviews(planned, "approved")

    assert (receipt.outcome, receipt.reason) == (Outcome.DECIDED, "approved by github:ann")
    [told] = comments(planned)
    assert "ann: Decided: approved by github:ann." in told


def test_a_reviews_words_are_the_feedback(planned: FakeWorld) -> None:
    asked(planned)

    reviews(planned, "changes_requested", body="smaller steps")

    assert planned.engine.answers["token"]["reason"] == "smaller steps"


@pytest.mark.parametrize(
    ("review", "reason"),
    [
        pytest.param({"state": "approved", "commit_id": "0" * 40}, "the pull request moved since", id="another commit"),
        pytest.param({"state": "approved", "submitted_at": "2020-01-01T00:00:00Z"}, "older than the request", id="old"),
        pytest.param({"state": "approved", "by": "eve"}, "not among those who may approve", id="somebody else"),
        pytest.param({"state": "changes_requested"}, "what should change", id="changes without words"),
    ],
)
def test_a_review_that_may_not_decide_is_told_why(planned: FakeWorld, review: dict[str, str], reason: str) -> None:
    asked(planned)

    receipt = reviews(planned, **review)

    assert (receipt.outcome, decision(planned)) == (Outcome.IGNORED, None)
    assert reason in receipt.reason
    assert reason in comments(planned)[-1]


def test_a_branch_that_moved_after_it_was_shown_cannot_be_approved_by_a_review_of_what_is_there(
    planned: FakeWorld,
) -> None:
    asked(planned)
    head = planned.forge.head(REPO, "ferry/ferry-1") or ""
    moved = planned.forge.commit(
        REPO, "ferry/ferry-1", parent=head, message="x", changes=[FileChange("src/evil.py", b"")]
    )

    assert "the pull request moved since" in reviews(planned, "approved", commit_id=moved).reason
    assert decision(planned) is None


@pytest.mark.parametrize(
    "review",
    [
        pytest.param({"state": "commented", "body": "nice"}, id="commented"),
        pytest.param({"state": "approved", "by": "helper[bot]", "type": "Bot"}, id="a bot"),
        pytest.param({"state": "approved", "of": SLACK_ONLY}, id="where GitHub is no place to decide"),
    ],
)
def test_other_reviews_are_no_answers_and_get_none(planned: FakeWorld, review: dict[str, Any]) -> None:
    asked(planned, review.get("of", RULES))

    assert reviews(planned, **review).outcome is Outcome.IGNORED
    assert (decision(planned), comments(planned)) == (None, [])


def test_after_the_gate_a_review_is_an_ordinary_one(planned: FakeWorld) -> None:
    asked(planned)
    reviews(planned, "approved")

    receipt = reviews(planned, "changes_requested", body="please rename it")

    assert receipt.reason.endswith("may not write to acme/pricing, so nothing was started")
    assert len(comments(planned)) == 1
    assert decision(planned) is Decision.APPROVED


def test_a_comment_on_the_pull_request_that_names_the_digest_decides(planned: FakeWorld) -> None:
    approval = asked(planned)
    user = {"login": "Ann", "type": "User"}
    body = {
        "action": "created",
        "repository": {"full_name": REPO},
        "issue": {"number": 1, "pull_request": {"url": "u"}},
        "comment": {"id": 7, "node_id": "IC_7", "body": f"@ferry reject {approval.digest[:12]} no", "user": user},
        "sender": user,
    }

    receipt = admit(Delivery(Source.GITHUB, "g1", "issue_comment", json.dumps(body), LATER), planned, RULES)

    assert (receipt.outcome, receipt.reason) == (Outcome.DECIDED, "rejected by github:ann")


def test_the_pull_request_says_how_it_is_approved(planned: FakeWorld) -> None:
    approval = asked(planned)

    pull = planned.forge.pull(REPO, 1)
    assert f"at `{pull.ref.head[:12]}`" in pull.body
    assert f"@ferry approve {approval.digest[:16]}" in pull.body
