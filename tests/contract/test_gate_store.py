"""One contract for the gate's record: DynamoDB (the template's own table, in moto) and the fake keep it alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from ferry.adapters.dynamodb import DynamoGateStore
from ferry.domain.approval import Approval, Decision, Vote
from ferry.domain.audit import AuditHead, broken
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.guidance import CHOSEN, words
from ferry.domain.inquiry import Answer, Inquiry
from ferry.ports import GateStore
from tests.contract.conftest import one_call_at_a_time
from tests.fakes.clock import FakeClock
from tests.fakes.gate import FakeGateStore
from tests.template import resources

AT = "2026-11-21T12:00:00.000+00:00"
TASK = "FERRY-1-a"


@pytest.fixture(params=["dynamodb", "fake"])
def gate(request: pytest.FixtureRequest) -> GateStore:
    if request.param == "fake":
        return FakeGateStore()
    request.getfixturevalue("aws")
    client = boto3.client("dynamodb")
    table = resources("AWS::DynamoDB::Table")["TaskTable"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    client.create_table(TableName="tasks", **{name: table[name] for name in wanted})
    one_call_at_a_time(client)
    return DynamoGateStore(client, "tasks", FakeClock())


def approval(id: str = "a1", *, at: str = AT) -> Approval:
    return Approval(id=id, task_id=TASK, revision=1, digest="d" * 64, requested_at=at)


def closed(decision: Decision = Decision.APPROVED, by: str = "slack:U1") -> Approval:
    return approval().model_copy(update={"decision": decision, "decided_by": by, "decided_at": AT})


def kinds(gate: GateStore) -> list[str]:
    return [record.kind for record in gate.audit(TASK)[0]]


def test_a_missing_approval_is_named(gate: GateStore) -> None:
    with pytest.raises(NotFound, match="a1"):
        gate.approval(TASK, "a1")


def test_requests_are_listed_oldest_first(gate: GateStore) -> None:
    gate.ask(approval("late", at="2026-11-21T13:00:00.000+00:00"))
    gate.ask(approval("early"))

    assert [one.id for one in gate.approvals(TASK)] == ["early", "late"]


def test_fifty_clicks_end_in_one_decision_and_one_record_of_it(gate: GateStore) -> None:
    gate.ask(approval())
    tries = [closed(Decision.APPROVED if n % 2 else Decision.REJECTED, f"slack:U{n}") for n in range(50)]

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(gate.decide, tries))

    assert won.count(True) == 1
    assert gate.approval(TASK, "a1") == tries[won.index(True)]
    assert kinds(gate) == ["asked", "decided"]
    assert not broken(*gate.audit(TASK))


def test_a_decision_keeps_the_message_that_was_shown_meanwhile(gate: GateStore) -> None:
    gate.ask(approval())
    gate.show(approval(), "C1/1.2")

    gate.decide(closed())

    assert gate.approval(TASK, "a1").message_ref == "C1/1.2"


def test_a_decided_request_takes_no_message(gate: GateStore) -> None:
    gate.ask(approval())
    gate.decide(closed())

    with pytest.raises(Conflict):
        gate.show(approval(), "C1/1.2")


def test_whoever_waits_last_is_told_and_the_token_is_in_no_document(gate: GateStore) -> None:
    gate.ask(approval())

    assert gate.token(approval()) == ""
    assert gate.wait(approval(), "old-token")
    assert gate.wait(approval(), "new-token")
    assert gate.token(approval()) == "new-token"
    gate.decide(closed())
    assert not gate.wait(approval(), "late-token")
    assert "token" not in str(gate.approval(TASK, "a1").dump())
    assert "token" not in str([record.dump() for record in gate.audit(TASK)[0]])


def test_a_person_votes_once_on_a_request(gate: GateStore) -> None:
    gate.ask(approval())
    votes = [Vote(task_id=TASK, approval_id="a1", by=by, at=AT, through="slack:1") for by in ("slack:U1", "slack:U2")]

    assert [gate.vote(votes[0]), gate.vote(votes[0]), gate.vote(votes[1])] == [True, False, True]
    assert gate.votes(approval()) == votes
    assert kinds(gate) == ["asked", "vote", "vote"]


def test_execution_begins_once_and_only_under_what_was_approved(gate: GateStore) -> None:
    gate.ask(approval())

    assert not gate.enter(approval(), AT)
    gate.decide(closed())
    assert gate.enter(approval(), AT)
    assert not gate.enter(approval(), "2026-11-21T12:00:01.000+00:00")
    assert gate.approval(TASK, "a1").entered_at == AT
    assert kinds(gate) == ["asked", "decided", "entered"]


def test_what_was_rejected_is_never_entered(gate: GateStore) -> None:
    gate.ask(approval())
    gate.decide(closed(Decision.REJECTED))

    assert not gate.enter(approval(), AT)


def test_notes_from_many_hands_make_one_chain(gate: GateStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: gate.note(TASK, "reminded", {"number": str(number)}), range(24)))

    records, head = gate.audit(TASK)

    assert len(records) == 24
    assert not broken(records, head)
    assert gate.audit("FERRY-2-a") == ([], AuditHead())


def inquiry(id: str = "i1", *, at: str = AT) -> Inquiry:
    return Inquiry(id=id, task_id=TASK, candidates=("acme/a", "acme/b"), confidence=0.4, asked_at=at, expires_at=AT)


def chosen(repo: str = "acme/a", by: str = "slack:U1") -> Inquiry:
    return inquiry().model_copy(update={"answer": Answer.CHOSEN, "repo": repo, "answered_by": by})


def test_inquiries_are_listed_oldest_first_and_a_missing_one_is_named(gate: GateStore) -> None:
    gate.inquire(inquiry("late", at="2026-11-21T13:00:00.000+00:00"))
    gate.inquire(inquiry("early"))

    assert [one.id for one in gate.inquiries(TASK)] == ["early", "late"]
    assert gate.inquiry(TASK, "late").candidates == ("acme/a", "acme/b")
    with pytest.raises(NotFound, match="ghost"):
        gate.inquiry(TASK, "ghost")


def test_an_inquiry_is_answered_once_and_its_message_is_kept(gate: GateStore) -> None:
    gate.inquire(inquiry())
    gate.show_inquiry(inquiry(), "C1:1")

    assert gate.settle(chosen())
    assert not gate.settle(chosen("acme/b", "slack:U2"))

    now = gate.inquiry(TASK, "i1")
    assert (now.repo, now.answered_by, now.message_ref) == ("acme/a", "slack:U1", "C1:1")
    with pytest.raises(Conflict):
        gate.show_inquiry(inquiry(), "C1:2")
    records, head = gate.audit(TASK)
    assert [record.kind for record in records] == ["inquired", CHOSEN]
    assert [(word.repo, word.by) for word in words(records)] == [("acme/a", "slack:U1")]
    assert broken(records, head) == ""


def test_of_many_answers_at_once_exactly_one_counts(gate: GateStore) -> None:
    gate.inquire(inquiry())

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: gate.settle(chosen(f"acme/{n}", f"slack:U{n}")), range(8)))

    assert won.count(True) == 1
    assert gate.inquiry(TASK, "i1").repo == f"acme/{won.index(True)}"
    assert [word.repo for word in words(gate.audit(TASK)[0])] == [f"acme/{won.index(True)}"]
