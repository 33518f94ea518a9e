"""A finished change that waits for permission opens the gate again; what a person allows is in the mandate."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ferry.domain.approval import Approval, Decision
from ferry.domain.errors import NotApproved
from ferry.domain.held import Held, HeldFile, HeldFinding
from ferry.domain.mandate import Mandate, Terms, agent_settings
from ferry.domain.policy import Policy
from ferry.domain.step import held_key, mandate_key, shown_key
from ferry.usecases.gate import GateRules, answer, ask, check
from ferry.usecases.resume import resume
from ferry.usecases.show import ask_people, show_decision
from tests.unit.usecases.conftest import REPO, RULES, TASK, FakeWorld, record, request_approval

TEST = b"def test_tiers():\n    assert True\n\n\n@pytest.mark.skipif(slow)\ndef test_slow():\n    assert tier(9) == 0\n"
HELD = Held(
    task_id=TASK,
    plan=record().digest,
    repo=REPO,
    item="T1",
    findings=(HeldFinding(rule="new-test-skipped", path="tests/test_tiers.py", line=5, message="does not always run"),),
    files=(HeldFile(path="tests/test_tiers.py", before=None, after=TEST),),
    summary="Tiers.",
    commit_message="feat: tiers",
)


@pytest.fixture
def entered(planned: FakeWorld) -> FakeWorld:
    """Execution began under an approval."""
    request_approval(TASK, 1, "token", planned)
    decide(planned)
    assert state(planned) == "holds"
    return planned


def keep(world: FakeWorld, **changes: Any) -> Held:
    held = HELD.model_copy(update=changes)
    world.artifacts.put(held_key(TASK, REPO), held.model_dump_json().encode())
    return held


def decide(world: FakeWorld, decision: Decision = Decision.APPROVED, reason: str = "") -> Approval:
    made = {"decision": decision, "decided_by": "slack:U1", "decided_at": world.now(), "reason": reason}
    assert world.gate.decide(newest(world).model_copy(update=made))
    return newest(world)


def newest(world: FakeWorld) -> Approval:
    return world.gate.approvals(TASK)[-1]


def mandate(world: FakeWorld) -> Mandate:
    key = mandate_key(TASK, newest(world).digest)
    return Mandate.read(world.artifacts.get(key), key)


def state(world: FakeWorld, rules: GateRules = RULES) -> str:
    return str(check(TASK, 1, world, rules)["state"])


def shown(world: FakeWorld) -> str:
    return json.dumps(world.chat.messages[newest(world).message_ref].blocks, ensure_ascii=False)


def test_the_gate_opens_again_with_file_line_rule_and_the_lines_of_the_change(entered: FakeWorld) -> None:
    held = keep(entered)

    assert state(entered) == "waiting"

    said = shown(entered)
    assert "`tests/test_tiers.py:5` does not always run (`new-test-skipped`)" in said
    assert "+@pytest.mark.skipif(slow)\\n+def test_slow():" in said
    assert '"Allow"' in said
    assert '"Refuse"' in said
    assert "In scope" not in said
    assert mandate(entered).allowances == (held.digest,)
    assert shown_key(TASK, held.digest) in entered.artifacts.documents
    reopened = [one for one in entered.gate.audit(TASK)[0] if one.kind == "reopened"]
    assert "needs your permission" in reopened[0].about["because"]


def test_an_allowed_change_opens_the_gate_no_more(entered: FakeWorld) -> None:
    keep(entered)
    state(entered)
    decide(entered)

    assert state(entered) == "holds"
    assert state(entered) == "holds"


def test_another_change_than_the_allowed_one_opens_it_again(entered: FakeWorld) -> None:
    keep(entered)
    state(entered)
    decide(entered)
    keep(entered, files=(HeldFile(path="tests/test_tiers.py", before=None, after=TEST + b"# more\n"),))

    assert state(entered) == "waiting"


@pytest.mark.parametrize("changes", [{"plan": "of another revision"}, {"commit": "c" * 40}])
def test_what_belongs_to_another_plan_or_is_committed_asks_nobody(entered: FakeWorld, changes: dict[str, str]) -> None:
    keep(entered, **changes)

    assert state(entered) == "holds"


def test_a_change_that_was_swapped_under_a_click_is_not_what_is_allowed(entered: FakeWorld) -> None:
    keep(entered)
    state(entered)
    other = keep(entered, findings=())
    decide(entered)

    assert other.digest not in mandate(entered).allowances
    assert state(entered) == "waiting"


def test_what_was_shown_cannot_be_exchanged_unseen(entered: FakeWorld) -> None:
    held = keep(entered)
    state(entered)
    swapped = held.model_copy(update={"files": ()}).model_dump_json().encode()
    entered.artifacts.put(shown_key(TASK, held.digest), swapped)

    unshown = newest(entered).model_copy(update={"message_ref": ""})
    with pytest.raises(NotApproved, match="was changed"):
        ask_people(unshown, entered)


def test_changes_requested_tells_the_next_plan_what_was_found(entered: FakeWorld) -> None:
    keep(entered)
    state(entered)

    told = answer(decide(entered, Decision.CHANGES_REQUESTED, "Run it always."))

    assert told["reason"].startswith("Run it always.\n\nThis was found in the change, and not allowed:\n")
    assert told["reason"].endswith(f"{REPO} tests/test_tiers.py:5: does not always run (new-test-skipped)")


def test_the_decided_message_says_allowed_or_refused(entered: FakeWorld) -> None:
    keep(entered)
    state(entered)

    show_decision(decide(entered, Decision.REJECTED, "no"), entered)

    assert "*Refused* by <@U1>" in shown(entered)


def test_the_whole_change_is_put_into_the_thread(entered: FakeWorld) -> None:
    keep(entered)
    state(entered)

    [(name, text)] = [(name, text) for _, name, text in entered.chat.files]
    assert name == f"{REPO.rpartition('/')[2]}-T1.diff"
    assert "+    assert tier(9) == 0" in text


def test_a_request_that_is_made_afresh_shows_the_plan_and_what_it_allows(entered: FakeWorld) -> None:
    keep(entered)

    ask(TASK, 1, entered, RULES)

    assert "In scope" in shown(entered)
    assert "new-test-skipped" in shown(entered)
    assert '"Approve"' in shown(entered)


def test_a_change_of_the_policys_gate_after_approval_is_seen(planned: FakeWorld) -> None:
    def terms(policy: Policy) -> Terms:
        return Terms(100, agent_settings("scripted", "auto", "", policy.gate))

    before, after = terms(Policy()), terms(Policy(gate={"binary": "block", "test-skipped": "block"}))
    ask(TASK, 1, planned, replace(RULES, terms=before))
    decide(planned)
    assert state(planned, replace(RULES, terms=before)) == "holds"

    assert state(planned, replace(RULES, terms=after)) == "waiting"
    assert "*The setting gate changed* from `rulebook` to `binary: block`" in shown(planned)


def test_an_expired_question_is_asked_again_and_not_taken_for_the_older_approval(entered: FakeWorld) -> None:
    keep(entered)
    state(entered)
    decide(entered, Decision.EXPIRED)
    entered.store.update_task(TASK, status="expired", resume_from="approve")

    assert resume(TASK, entered).resume_from == "approve"


def test_wherever_else_an_approval_is_given_the_findings_are_read_too(entered: FakeWorld) -> None:
    keep(entered)
    rules = replace(RULES, policy=Policy(channels=("slack", "jira", "github")))

    assert state(entered, rules) == "waiting"

    line = f"- {REPO} tests/test_tiers.py:5: does not always run (new-test-skipped)"
    assert line in entered.tracker.said["FERRY-1"][-1]
    assert line in entered.forge.pull(REPO, 1).body
