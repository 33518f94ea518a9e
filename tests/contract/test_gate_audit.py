"""Whoever can write the table itself cannot change the gate's record unseen: DynamoDB, tampered with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from ferry.adapters.dynamodb import DynamoApprovals, DynamoGateStore
from ferry.domain.approval import Approval, Decision, Vote
from ferry.domain.audit import AuditRecord, broken, gainsaid, next_record
from tests.fakes.clock import FakeClock
from tests.template import resources

AT = "2026-11-21T12:00:00.000+00:00"
TASK = "FERRY-1-a"
GATE = f"GATE#{TASK}"


@dataclass
class Tampered:
    """The gate of one approved and entered request, and the table under it."""

    gate: DynamoGateStore
    table: Any

    def item(self, sk: str) -> dict[str, Any]:
        found: dict[str, Any] = self.table.get_item(Key={"pk": GATE, "sk": sk})["Item"]
        return found

    def change(self, sk: str, **data: str) -> None:
        """Write fields of the item's document anew."""
        item = self.item(sk)
        document = AuditRecord if sk.startswith("AUDIT") else Approval if sk.startswith("APPROVAL") else Vote
        changed = document.read(item["data"], sk).model_copy(update=data)
        self.table.put_item(Item={**item, "data": changed.model_dump_json()})

    def remove(self, sk: str) -> None:
        self.table.delete_item(Key={"pk": GATE, "sk": sk})

    def said(self) -> str:
        records, head = self.gate.audit(TASK)
        approvals = self.gate.approvals(TASK)
        votes = [vote for approval in approvals for vote in self.gate.votes(approval)]
        return broken(records, head) or gainsaid(records, approvals, votes)


@pytest.fixture
def tampered(aws: None) -> Tampered:
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    known = resources("AWS::DynamoDB::Table")["TaskTable"]
    client = boto3.client("dynamodb")
    client.create_table(TableName="tasks", **{name: known[name] for name in wanted})
    gate = DynamoGateStore(client, "tasks", FakeClock())
    asked = Approval(id="a1", task_id=TASK, revision=1, digest="d" * 64, requested_at=AT)
    gate.ask(asked)
    gate.vote(Vote(task_id=TASK, approval_id="a1", by="slack:U1", at=AT, through="slack:1"))
    gate.decide(asked.model_copy(update={"decision": Decision.APPROVED, "decided_by": "slack:U1", "decided_at": AT}))
    gate.enter(asked, AT)
    return Tampered(gate, boto3.resource("dynamodb").Table("tasks"))


def test_an_untouched_gate_is_whole(tampered: Tampered) -> None:
    assert [record.kind for record in tampered.gate.audit(TASK)[0]] == ["asked", "vote", "decided", "entered"]
    assert tampered.said() == ""


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_changed_record_is_named(tampered: Tampered, number: int) -> None:
    tampered.change(f"AUDIT#{number:06d}", at="2026-11-20T12:00:00.000+00:00")

    assert tampered.said().startswith(f"record {number} ")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_removed_record_is_found_also_the_last(tampered: Tampered, number: int) -> None:
    tampered.remove(f"AUDIT#{number:06d}")

    assert tampered.said().startswith(f"record {min(number, 3)}:")


def test_a_record_put_at_the_end_is_found(tampered: Tampered) -> None:
    head = tampered.gate.audit(TASK)[1]
    foreign = next_record(head, AT, "decided", {"by": "slack:MALLORY", "request": "a1"})
    item = {"pk": GATE, "sk": "AUDIT#000005", "data": foreign.model_dump_json()}
    tampered.table.put_item(Item=item)

    assert tampered.said().startswith("record 5: the chain says that there are 4")


def test_a_record_put_between_two_is_found(tampered: Tampered) -> None:
    first = tampered.gate.audit(TASK)[0][0]
    foreign = next_record(first, AT, "decided", {"by": "slack:MALLORY", "request": "a1"})  # type: ignore[arg-type]
    tampered.table.put_item(Item={"pk": GATE, "sk": "AUDIT#000001a", "data": foreign.model_dump_json()})

    assert tampered.said().startswith("record 3:")


def test_a_head_set_back_is_found(tampered: Tampered) -> None:
    record = tampered.gate.audit(TASK)[0][2]
    tampered.table.put_item(Item={"pk": GATE, "sk": "HEAD", "number": 3, "chain": record.chain})

    assert "the chain says that there are 3" in tampered.said()


@pytest.mark.parametrize(
    "tamper",
    [
        lambda at: at.change("APPROVAL#a1", digest="e" * 64),
        lambda at: at.change("APPROVAL#a1", decision=Decision.REJECTED),
        lambda at: at.change("APPROVAL#a1", decided_by="slack:MALLORY"),
        lambda at: at.change("APPROVAL#a1", entered_at=""),
        lambda at: at.change("VOTE#a1#slack:U1", by="slack:MALLORY"),
        lambda at: at.remove("VOTE#a1#slack:U1"),
        lambda at: at.remove("APPROVAL#a1"),
    ],
    ids=["digest", "decision", "person", "begin", "vote", "no vote", "no request"],
)
def test_a_request_that_says_something_else_than_the_chain_is_named(
    tampered: Tampered, tamper: Callable[[Tampered], None]
) -> None:
    tamper(tampered)

    assert tampered.said().startswith("request a1:")


def test_what_an_agent_gets_can_read_and_nothing_else(aws: None) -> None:
    mine = {name for name in vars(DynamoApprovals) if not name.startswith("_")}

    assert mine == {"approval", "approvals", "inquiry", "inquiries", "votes", "audit"}
    assert not issubclass(DynamoApprovals, DynamoGateStore)
