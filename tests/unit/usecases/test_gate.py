"""The gate: what was approved is what is executed, and whatever moved underneath is asked about again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ferry.domain.approval import Approval, Decision
from ferry.domain.change import FileChange
from ferry.domain.errors import Conflict, NotApproved, StaleHead, VendorUnavailable
from ferry.domain.mandate import Terms
from ferry.domain.plan_md import PLAN_FILE, render
from ferry.domain.policy import Escalation, Policy
from ferry.domain.step import discovery_key, mandate_key, plan_key
from ferry.domain.task import TaskStatus
from ferry.usecases.gate import GateRules, ask, check, remind, wait
from tests.fakes.forge import FakeForge
from tests.unit.usecases.conftest import REPO, RULES, TASK, FakeWorld, record, request_approval, ticket

BRANCH = record().branch


@pytest.fixture
def gated(planned: FakeWorld) -> FakeWorld:
    """A plan that waits, with the very PLAN.md that Ferry writes."""
    pull = planned.store.pull_requests(TASK)[0]
    plan = FileChange(PLAN_FILE, render(record(), ticket()).encode())
    head = planned.forge.commit(REPO, BRANCH, parent=pull.head, message="plan", changes=[plan])
    planned.store.put_pull_request(TASK, pull.model_copy(update={"head": head}))
    request_approval(TASK, 1, "token", planned)
    return planned


def newest(world: FakeWorld) -> Approval:
    return world.gate.approvals(TASK)[-1]


def approve(world: FakeWorld) -> Approval:
    made = {"decision": Decision.APPROVED, "decided_by": "slack:U1", "decided_at": world.now()}
    assert world.gate.decide(newest(world).model_copy(update=made))
    return newest(world)


def state(world: FakeWorld, rules: GateRules = RULES) -> str:
    return str(check(TASK, 1, world, rules)["state"])


def push(forge: FakeForge, branch: str, path: str, text: str) -> str:
    head = forge.head(REPO, branch) or ""
    return forge.commit(REPO, branch, parent=head, message="by hand", changes=[FileChange(path, text.encode())])


def shown(world: FakeWorld) -> str:
    return json.dumps(world.chat.messages[newest(world).message_ref].blocks, ensure_ascii=False)


def test_an_untouched_approval_lets_execution_begin_and_only_then(gated: FakeWorld) -> None:
    with pytest.raises(NotApproved):
        state(gated)
    approve(gated)

    assert state(gated) == "holds"
    assert newest(gated).entered_at
    assert [one.kind for one in gated.gate.audit(TASK)[0]] == ["asked", "decided", "entered"]


def test_a_check_that_is_tried_again_still_holds(gated: FakeWorld) -> None:
    approve(gated)

    assert [state(gated), state(gated)] == ["holds", "holds"]


def moved_base(world: FakeWorld) -> None:
    push(world.forge, "main", "src/tiers.py", "TIERS = 3\n")


def edited_plan(world: FakeWorld) -> None:
    push(world.forge, BRANCH, PLAN_FILE, "Do something else\n")


def foreign_commit(world: FakeWorld) -> None:
    push(world.forge, BRANCH, "notes.txt", "mine\n")


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (moved_base, "acme/pricing moved"),
        (edited_plan, "+Do something else"),
        (foreign_commit, "notes.txt"),
    ],
)
def test_whatever_moves_in_the_repository_opens_the_gate_again_and_is_shown(
    gated: FakeWorld, move: object, words: str
) -> None:
    before = approve(gated)
    move(gated)  # type: ignore[operator]

    assert state(gated) == "waiting"

    after = newest(gated)
    assert (after.opening, after.decision) == (before.opening + 1, None)
    assert after.digest != before.digest
    assert words in shown(gated)
    assert not before.entered_at
    assert gated.store.task(TASK).status is TaskStatus.AWAITING_APPROVAL
    approve(gated)
    assert state(gated) == "holds"


def test_a_moved_base_is_brought_into_the_branch_before_people_are_asked_again(gated: FakeWorld) -> None:
    approve(gated)
    moved_base(gated)

    state(gated)

    head = gated.forge.head(REPO, BRANCH) or ""
    assert "src/tiers.py" in gated.forge.repos[REPO].commits[head].tree
    assert gated.store.pull_requests(TASK)[0].head == head
    assert "touches `src/tiers.py` of this plan" in shown(gated)


def test_an_edited_plan_is_put_back_and_nobodys_commit_is_taken_away(gated: FakeWorld) -> None:
    approve(gated)
    edited_plan(gated)
    theirs = gated.forge.head(REPO, BRANCH)

    state(gated)

    head = gated.forge.head(REPO, BRANCH) or ""
    tree = gated.forge.repos[REPO].commits[head]
    assert tree.tree[PLAN_FILE][0].decode() == render(record(), ticket())
    assert tree.parent == theirs


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (replace(RULES.terms, budget_cents=5000), "from $1.00 to $50.00"),
        (Terms(100, {"model": "openai:http://model.test#bigger"}), "The setting model changed"),
    ],
)
def test_another_ceiling_or_model_opens_the_gate_again_also_in_the_middle_of_execution(
    gated: FakeWorld, terms: Terms, words: str
) -> None:
    approve(gated)
    state(gated)

    assert state(gated, replace(RULES, terms=terms)) == "waiting"
    assert words in shown(gated)


def test_what_moves_after_execution_began_is_its_own_work(gated: FakeWorld) -> None:
    approve(gated)
    state(gated)
    moved_base(gated)
    push(gated.forge, BRANCH, "src/tiers.py", "Ferry's own\n")

    assert state(gated) == "holds"


def test_a_plan_that_was_changed_in_the_store_is_asked_about_again(gated: FakeWorld) -> None:
    approve(gated)
    other = record().model_copy(update={"branch": BRANCH, "feedback": "smuggled"})
    gated.artifacts.put(plan_key(TASK, 1), other.model_dump_json().encode())

    assert state(gated) == "waiting"
    assert "not the one that was approved" in shown(gated)


def test_a_mandate_that_was_changed_in_the_store_lets_nobody_through(gated: FakeWorld) -> None:
    approval = approve(gated)
    key = mandate_key(TASK, approval.digest)
    gated.artifacts.put(key, gated.artifacts.get(key).replace(b'"budget_cents":100', b'"budget_cents":999'))

    with pytest.raises(NotApproved, match="changed afterwards"):
        state(gated)


def test_a_branch_that_is_gone_is_named(gated: FakeWorld) -> None:
    approve(gated)
    gated.forge.delete_branch(REPO, BRANCH)

    with pytest.raises(StaleHead, match="is gone"):
        state(gated)


def test_where_the_policy_says_so_a_base_that_moved_elsewhere_is_no_reason_to_ask(gated: FakeWorld) -> None:
    rules = replace(RULES, policy=Policy(moved_base="touched"))
    approve(gated)
    push(gated.forge, "main", "docs/other.md", "news\n")

    assert state(gated, rules) == "holds"


def test_where_the_policy_says_so_a_base_that_moved_in_the_plans_files_is_one(gated: FakeWorld) -> None:
    approve(gated)
    moved_base(gated)

    assert state(gated, replace(RULES, policy=Policy(moved_base="touched"))) == "waiting"


def test_two_machines_cannot_enter_under_one_approval(gated: FakeWorld) -> None:
    """Both have read an approval that nobody entered."""
    approve(gated)
    gated.gate.meets("enter", gated.gate.enter)

    with pytest.raises(Conflict):
        state(gated)


def test_whoever_decides_between_two_waits_is_heard_at_the_next(gated: FakeWorld) -> None:
    approve(gated)
    gated.engine.waiting.add("token-2")

    wait(TASK, "token-2", gated)

    assert gated.engine.answers["token-2"]["decision"] == "approved"


def test_reminder_escalation_and_expiry_come_once_each_in_their_time(gated: FakeWorld) -> None:
    policy = Policy(approvers=("slack:U1",), escalation=(Escalation(at=0.75, who=("slack:U9",)),))
    rules = replace(RULES, policy=policy, timeout_seconds=100)
    ask(TASK, 1, gated, rules)
    told: list[tuple[str, int]] = []
    for _ in range(3):
        gated.clock.advance(49.9)
        gate = remind(TASK, gated, rules)
        told.append((gate["state"], gate["seconds"]))

    assert [one for one, _ in told] == ["waiting", "waiting", "expired"]
    kinds = [one.kind for one in gated.gate.audit(TASK)[0]]
    assert (kinds.count("reminded"), kinds.count("escalated")) == (1, 1)
    assert newest(gated).decision is Decision.EXPIRED
    said = json.dumps([message.blocks for message in gated.chat.messages.values()])
    assert "<@U1>" in said
    assert "<@U9>" in said


def test_a_decision_at_the_last_moment_wins_over_expiry(gated: FakeWorld) -> None:
    approve(gated)
    gated.clock.advance(RULES.timeout_seconds + 1)

    assert remind(TASK, gated, RULES)["state"] == "waiting"
    assert newest(gated).decision is Decision.APPROVED


def test_a_reminder_that_slack_does_not_take_stops_nothing(gated: FakeWorld) -> None:
    gated.clock.advance(RULES.timeout_seconds / 2)
    gated.chat.failure = VendorUnavailable("Slack is away")

    assert remind(TASK, gated, RULES)["state"] == "waiting"
    assert "notice failed" in [event.kind for event in gated.store.events(TASK)]


def test_asking_again_closes_the_older_request(gated: FakeWorld) -> None:
    first = newest(gated)

    ask(TASK, 1, gated, RULES)

    assert gated.gate.approval(TASK, first.id).decision is Decision.EXPIRED
    assert newest(gated).opening == 2


def test_a_tracker_that_is_away_at_the_check_is_waited_for_and_no_reason_to_go_on(gated: FakeWorld) -> None:
    approve(gated)
    gated.tracker.failure = VendorUnavailable("Jira is away")

    with pytest.raises(VendorUnavailable):
        state(gated)
    gated.tracker.failure = None

    assert state(gated) == "holds"


def test_a_discovery_that_was_changed_after_the_approval_is_asked_about_again(gated: FakeWorld) -> None:
    approve(gated)
    found = {"name": REPO, "relevance": 1, "reason": "r", "evidence": [], "files": []}
    smuggled = {"repositories": [found], "complexity": "low", "approach": "smuggled"}
    gated.artifacts.put(discovery_key(TASK), json.dumps(smuggled).encode())

    assert state(gated) == "waiting"
    assert "The discovery that is stored is not the one that was approved" in shown(gated)
