"""Decisions under a policy: votes that are counted, people who are looked up again, and an audit of every answer."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from ferry.domain.approval import Approval, Ballot, Decision
from ferry.domain.audit import broken
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.discovery import Level
from ferry.domain.errors import NotApproved, VendorRefused, VendorUnavailable
from ferry.domain.policy import parse_policy
from ferry.domain.step import discovery_key
from ferry.domain.triggers.slack import Click
from ferry.usecases.click import clicked
from ferry.usecases.decide import decide
from ferry.usecases.gate import ask, wait
from ferry.usecases.operate import operate
from ferry.usecases.rules import Rules
from tests.fakes.meeting import Meeting
from tests.unit.usecases.conftest import AT, REPO, RULES, TASK, FakeWorld

NUMBERS = itertools.count(100)
LEADS = "slack-group:SLEADS"
ANN_AND_BOB = {"approvers": ["slack:UANN", "slack:UBOB"]}
TWO = {**ANN_AND_BOB, "quorum": 2}


def rules(**policy: Any) -> Rules:
    return Rules(
        label="AI", own_account="", approvers=frozenset(), max_revisions=2, policy=parse_policy(json.dumps(policy))
    )


def asked(world: FakeWorld, rules: Rules) -> Approval:
    """The plan is before people under the policy of `rules`, and the machine waits."""
    ask(TASK, 1, world, replace(RULES, policy=rules.deciding))
    wait(TASK, "token", world)
    return world.gate.approvals(TASK)[-1]


def says(world: FakeWorld, approval: Approval, by: str, rules: Rules, id: str = "", **changes: Any) -> Receipt:
    """A delivery of its own, unless `id` says that it is tried again."""
    ballot = Ballot(by, TASK, approval.id, approval.digest[:16], Decision.APPROVED)
    delivery = Delivery(Source.SLACK, id or f"c{next(NUMBERS)}", "block_actions", "{}", AT)
    return decide(delivery, replace(ballot, **changes), world, rules)


def audit(world: FakeWorld, kind: str) -> list[dict[str, str]]:
    records, head = world.gate.audit(TASK)
    assert broken(records, head) == ""
    return [dict(one.about) for one in records if one.kind == kind]


def message(world: FakeWorld, approval: Approval) -> str:
    ref = world.gate.approval(TASK, approval.id).message_ref
    return json.dumps(world.chat.messages[ref].blocks)


def test_the_second_of_two_approvals_wakes_the_machine(planned: FakeWorld) -> None:
    both = rules(**TWO)
    approval = asked(planned, both)

    first = says(planned, approval, "slack:UANN", both)
    assert (first.outcome, first.task_id) == (Outcome.VOTED, TASK)
    assert first.reason == "1 of 2 approvals: slack:UANN; 1 more needed of slack:UANN, slack:UBOB"
    assert not planned.engine.answers
    assert "1 of 2 approvals*: <@UANN>; 1 more needed" in message(planned, approval)
    assert '"approve"' in message(planned, approval)

    second = says(planned, approval, "slack:UBOB", both)
    assert second.outcome is Outcome.DECIDED
    assert planned.engine.answers["token"]["decision"] == "approved"
    assert planned.gate.approval(TASK, approval.id).decided_by == "slack:UBOB"
    assert "approvals: <@UANN>, <@UBOB>" in message(planned, approval)
    assert '"approve"' not in message(planned, approval)


def test_the_message_says_from_the_start_how_many_it_takes(planned: FakeWorld) -> None:
    approval = asked(planned, rules(**TWO))

    assert "0 of 2 approvals*; 2 more needed of <@UANN>, <@UBOB>" in message(planned, approval)


def test_one_approval_that_is_enough_is_not_counted_aloud(planned: FakeWorld) -> None:
    assert "of 1 approvals" not in message(planned, asked(planned, rules(**ANN_AND_BOB)))


def test_the_same_person_twice_is_one_approval(planned: FakeWorld) -> None:
    both = rules(**TWO, people={"ann": ["slack:UANN", "github:ann"]}, channels=["slack", "github"])
    approval = asked(planned, both)
    says(planned, approval, "slack:UANN", both)

    again = says(planned, approval, "slack:UANN", both)
    elsewhere = says(planned, approval, "github:ann", both)

    assert (again.outcome, again.reason[:27]) == (Outcome.IGNORED, "you approved this already; ")
    assert elsewhere.outcome is Outcome.VOTED
    assert planned.gate.approval(TASK, approval.id).decision is None


@pytest.mark.parametrize("no", [Decision.REJECTED, Decision.CHANGES_REQUESTED])
def test_one_no_decides_at_once(planned: FakeWorld, no: Decision) -> None:
    both = rules(**TWO)
    approval = asked(planned, both)
    says(planned, approval, "slack:UANN", both)

    assert says(planned, approval, "slack:UBOB", both, decision=no, reason="smaller").outcome is Outcome.DECIDED
    assert planned.engine.answers["token"]["decision"] == no


def test_racing_votes_end_in_one_decision_and_lose_nobody(planned: FakeWorld) -> None:
    names = [f"slack:U{n}" for n in range(8)]
    all_of_them = rules(approvers=names, quorum=8)
    approval = asked(planned, all_of_them)

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda by: says(planned, approval, by, all_of_them), names))

    assert [one.outcome for one in receipts].count(Outcome.DECIDED) == 1
    assert len(planned.engine.answers) == 1
    [decided] = audit(planned, "decided")
    assert decided["votes"] == ", ".join(sorted(names))


@pytest.mark.parametrize("dies_at", ["votes", "note", "add_event"])
def test_a_vote_whose_worker_died_is_counted_once_on_the_second_try(planned: FakeWorld, dies_at: str) -> None:
    both = rules(**TWO)
    approval = asked(planned, both)
    dying: Meeting = planned.store if dies_at == "add_event" else planned.gate
    dying.meets(dies_at, VendorUnavailable("the worker was killed"))
    with pytest.raises(VendorUnavailable):
        says(planned, approval, "slack:UANN", both, "c1")

    assert says(planned, approval, "slack:UANN", both, "c1").outcome is Outcome.VOTED
    assert [vote.by for vote in planned.gate.votes(approval)] == ["slack:UANN"]
    assert says(planned, approval, "slack:UBOB", both).outcome is Outcome.DECIDED


def test_the_last_vote_whose_worker_died_before_the_decision_decides_on_the_second_try(planned: FakeWorld) -> None:
    one = rules(**ANN_AND_BOB)
    approval = asked(planned, one)
    planned.gate.meets("decide", VendorUnavailable("the worker was killed"))
    with pytest.raises(VendorUnavailable):
        says(planned, approval, "slack:UANN", one, "c1")

    assert says(planned, approval, "slack:UANN", one, "c1").outcome is Outcome.DECIDED
    assert planned.engine.answers["token"]["decision"] == "approved"


def test_who_left_the_group_since_their_vote_counts_no_more(planned: FakeWorld) -> None:
    leads = rules(approvers=[LEADS], quorum=2)
    planned.directory.groups[LEADS] = {"slack:UANN", "slack:UBOB", "slack:UCID"}
    approval = asked(planned, leads)
    says(planned, approval, "slack:UANN", leads)
    planned.directory.groups[LEADS].remove("slack:UANN")

    second = says(planned, approval, "slack:UBOB", leads)
    assert second.outcome is Outcome.VOTED
    assert second.reason.startswith("1 of 2 approvals: slack:UBOB")
    assert "slack:UANN: you are not among" in audit(planned, "policy evaluated")[-1]["not counted"]

    assert says(planned, approval, "slack:UCID", leads).outcome is Outcome.DECIDED
    assert audit(planned, "decided")[0]["votes"] == "slack:UBOB, slack:UCID"


def test_a_group_that_may_not_be_read_lets_nobody_in_and_says_why(planned: FakeWorld) -> None:
    leads = rules(approvers=[LEADS])
    approval = asked(planned, leads)
    planned.directory.failure = VendorRefused("missing_scope; give the app the scope usergroups:read")

    receipt = says(planned, approval, "slack:UANN", leads)

    assert receipt.outcome is Outcome.IGNORED
    assert "scope usergroups:read" in receipt.reason
    assert planned.gate.approval(TASK, approval.id).decision is None


def test_a_group_that_cannot_be_read_just_now_leaves_the_vote_to_another_try(planned: FakeWorld) -> None:
    leads = rules(approvers=[LEADS])
    planned.directory.groups[LEADS] = {"slack:UANN"}
    approval = asked(planned, leads)
    planned.directory.failure = VendorUnavailable("Slack is away")
    with pytest.raises(VendorUnavailable):
        says(planned, approval, "slack:UANN", leads, "c1")
    assert not planned.gate.votes(approval)

    planned.directory.failure = None

    assert says(planned, approval, "slack:UANN", leads, "c1").outcome is Outcome.DECIDED


def test_groups_of_rules_that_do_not_apply_are_not_read(planned: FakeWorld) -> None:
    risky = {"name": "risky", "risk": "high", "approvers": [LEADS]}
    only = rules(**ANN_AND_BOB, rules=[risky])

    assert says(planned, asked(planned, only), "slack:UANN", only).outcome is Outcome.DECIDED
    assert not planned.directory.asked


@pytest.mark.parametrize(
    "condition",
    [
        {"paths": ["src/tiers.py"]},
        {"repositories": [REPO]},
        {"risk": "low"},
        {"ceiling_cents": 100},
        {"cost_cents": 100},
    ],
)
def test_a_stricter_rule_looks_at_the_plan_that_waits(planned: FakeWorld, condition: dict[str, Any]) -> None:
    strict = rules(**ANN_AND_BOB, rules=[{"name": "strict", "quorum": 2, **condition}])
    approval = asked(planned, strict)

    assert "rule strict: 1 of 2" in says(planned, approval, "slack:UANN", strict).reason
    assert audit(planned, "policy evaluated")[0]["rules"] == "strict"


@pytest.mark.parametrize(("level", "outcome"), [(Level.LOW, Outcome.DECIDED), (None, Outcome.VOTED)])
def test_complexity_is_discoverys_and_counts_as_high_without_it(
    planned: FakeWorld, level: Level | None, outcome: Outcome
) -> None:
    hard = rules(**ANN_AND_BOB, rules=[{"name": "hard", "complexity": "high", "quorum": 2}])
    approval = asked(planned, hard)
    if level is None:
        del planned.artifacts.documents[discovery_key(TASK)]

    assert says(planned, approval, "slack:UANN", hard).outcome is outcome


def test_who_asked_in_jira_is_recognised_in_slack(planned: FakeWorld) -> None:
    """The sample ticket was labelled by Jira's account A1."""
    others = rules(
        **ANN_AND_BOB, requester_may_approve=False, people={"ann": ["slack:UANN", "jira:A1"], "bob": ["slack:UBOB"]}
    )
    approval = asked(planned, others)

    assert "you asked for this task" in says(planned, approval, "slack:UANN", others).reason
    assert says(planned, approval, "slack:UBOB", others).outcome is Outcome.DECIDED


def test_a_requester_nobody_can_recognise_is_said_with_the_remedy(planned: FakeWorld) -> None:
    blind = rules(**ANN_AND_BOB, requester_may_approve=False)
    approval = asked(planned, blind)

    receipt = says(planned, approval, "slack:UBOB", blind)

    assert receipt.outcome is Outcome.IGNORED
    assert "list all keys of jira:A1" in receipt.reason
    assert audit(planned, "policy evaluated")[0]["refused"] == receipt.reason


def test_a_delegation_ends_between_vote_and_decision(planned: FakeWorld) -> None:
    until = "2026-11-21T13:00:00Z"
    lent = rules(**TWO, delegation=[{"from": "slack:UANN", "to": "slack:UDAN", "until": until}])
    approval = asked(planned, lent)
    assert says(planned, approval, "slack:UDAN", lent).outcome is Outcome.VOTED

    planned.clock.advance(3600)

    assert says(planned, approval, "slack:UBOB", lent).outcome is Outcome.VOTED
    assert says(planned, approval, "slack:UANN", lent).outcome is Outcome.DECIDED


def test_every_answer_of_the_policy_names_the_policy_in_the_audit(planned: FakeWorld) -> None:
    both = rules(**TWO)
    approval = asked(planned, both)
    says(planned, approval, "slack:UEVE", both)
    says(planned, approval, "slack:UANN", both)
    says(planned, approval, "slack:UBOB", both)

    answers = [*audit(planned, "policy evaluated"), *audit(planned, "decided")]

    assert [one["by"] for one in answers] == ["slack:UEVE", "slack:UANN", "slack:UBOB"]
    assert {one["policy"] for one in answers} == {approval.policy[:16]}
    assert answers[2]["said"] == "2 of 2 approvals: slack:UANN, slack:UBOB"


def test_a_vote_that_came_too_late_counts_for_nothing(planned: FakeWorld) -> None:
    both = rules(**TWO)
    approval = asked(planned, both)
    says(planned, approval, "slack:UANN", both)
    planned.clock.advance(RULES.timeout_seconds)

    assert "time is up" in says(planned, approval, "slack:UBOB", both).reason
    assert not planned.engine.answers


@pytest.mark.parametrize("shown", ["", "0123", "0" * 16, "0" * 64])
def test_a_vote_for_what_was_not_shown_is_none(planned: FakeWorld, shown: str) -> None:
    one = rules(**ANN_AND_BOB)
    approval = asked(planned, one)

    assert "another plan" in says(planned, approval, "slack:UANN", one, digest=shown).reason
    assert says(planned, approval, "slack:UANN", one, digest=approval.digest).outcome is Outcome.DECIDED


def test_a_vote_shown_while_somebody_else_decides_brings_no_buttons_back(planned: FakeWorld) -> None:
    both = rules(**TWO)
    approval = asked(planned, both)

    def meanwhile(*_: object) -> None:
        """Between rendering the vote and sending it, another worker decides."""
        says(planned, approval, "slack:UBOB", both, decision=Decision.REJECTED)

    planned.chat.meets("update", meanwhile)
    says(planned, approval, "slack:UANN", both)

    assert '"approve"' not in message(planned, approval)


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ("UANN", "Your approval counts: 1 of 2 approvals: <@UANN>; 1 more needed of <@UANN>, <@UBOB>."),
        ("UEVE", "Nothing was changed: you are not among those who may approve here."),
    ],
)
def test_a_click_is_answered_to_the_person_alone(planned: FakeWorld, user: str, told: str) -> None:
    both = rules(**TWO)
    approval = asked(planned, both)
    click = Click(user, TASK, approval.id, approval.digest[:16], Decision.APPROVED, "", "C1")

    clicked(Delivery(Source.SLACK, "c1", "block_actions", "{}", AT), click, planned, both)

    assert planned.chat.whispers == [(user, told)]


def test_an_operator_decides_alone_and_the_audit_says_so(planned: FakeWorld) -> None:
    approval = asked(planned, rules(**TWO))

    operate(TASK, Decision.APPROVED, "", "root", planned)

    assert planned.gate.approval(TASK, approval.id).decided_by == "operator:root"
    assert audit(planned, "decided")[0]["said"] == "operator:root decides as an operator"


def test_an_operator_needs_no_vendor_to_be_awake(planned: FakeWorld) -> None:
    asked(planned, rules(approvers=[LEADS]))
    planned.directory.failure = VendorUnavailable("Slack is away")

    assert operate(TASK, Decision.APPROVED, "", "root", planned).decision is Decision.APPROVED


def test_an_operator_decides_nothing_where_the_policy_says_so(planned: FakeWorld) -> None:
    approval = asked(planned, rules(**TWO, operators=False))

    with pytest.raises(NotApproved, match="operators: false"):
        operate(TASK, Decision.APPROVED, "", "root", planned)

    assert planned.gate.approval(TASK, approval.id).decision is None
    assert audit(planned, "policy evaluated")[0]["by"] == "operator:root"


def test_a_policy_that_was_changed_in_its_store_lets_no_operator_in(planned: FakeWorld) -> None:
    approval = asked(planned, rules(**TWO, operators=False))
    planned.artifacts.put(f"policies/{approval.policy}.json", b'{"approvers": ["slack:UEVE"]}')

    with pytest.raises(NotApproved, match="the stored policy was changed"):
        operate(TASK, Decision.APPROVED, "", "root", planned)
