"""An agent that is not itself any more: with its function's own credentials it tries to pass the gate, and cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ferry.adapters.dynamodb import DynamoGateStore
from ferry.domain.approval import Approval, Decision
from ferry.domain.errors import VendorRefused
from ferry.domain.step import mandate_key
from tests.fakes.clock import FakeClock
from tests.stack.journey import Journey, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
AGENTS = ("DiscoveryAgent", "PlanningAgent", "ExecutionAgent", "CicdAgent", "SentryAgent", "SlackAgent")
AT = "2026-11-21T12:00:00.000+00:00"


@dataclass
class Waiting:
    """A task that waits at the gate."""

    journey: Journey
    task: str
    approval: Approval

    @property
    def table(self) -> str:
        return str(self.journey.peers.info["table"])

    def client(self, function: str, service: Any) -> Any:
        """Of AWS, with the access key that the function runs with."""
        stack = self.journey.stack
        key = stack.runner.function(stack.functions[function]).environment["AWS_ACCESS_KEY_ID"]
        session = boto3.session.Session(key, "local", region_name=stack.info["region"])
        return session.client(service, endpoint_url=stack.info["aws"], config=Config(proxies={}))

    def gate(self) -> dict[str, Any]:
        """Everything at the gate, as operators see it."""
        items = self.journey.stack.clients("dynamodb").scan(TableName=self.table)["Items"]
        return {item["sk"]["S"]: item for item in items if item["pk"]["S"] == f"GATE#{self.task}"}


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Waiting]:
    with running(tmp_path_factory.mktemp("lock")) as journey:
        task = journey.start()
        asked = journey.until(lambda: journey._open(task), 60)
        yield Waiting(journey, task, Approval.read(dict(asked), "approval"))


def refused(call: Callable[[], Any]) -> str:
    """The code with which AWS refuses."""
    with pytest.raises(ClientError) as error:
        call()
    return str(error.value.response["Error"]["Code"])


@pytest.mark.parametrize("agent", AGENTS)
def test_no_agent_can_decide(waiting: Waiting, agent: str) -> None:
    """Not by the adapter, not by an item of its own making, not hidden among items that it may write."""
    before, client = waiting.gate(), waiting.client(agent, "dynamodb")
    item = before[f"APPROVAL#{waiting.approval.id}"]
    forged = {**item, "data": {"S": item["data"]["S"].replace('"decision":null', '"decision":"approved"')}}
    own = {"pk": {"S": "TASK#questions"}, "sk": {"S": "EVENT#999999"}}
    assert forged != item
    puts = [{"Put": {"TableName": waiting.table, "Item": one}} for one in (own, forged)]
    decided = waiting.approval.model_copy(update={"decision": Decision.APPROVED, "decided_by": "slack:U1"})

    with pytest.raises(VendorRefused, match="AccessDeniedException"):
        DynamoGateStore(client, waiting.table, FakeClock()).decide(decided)
    assert refused(lambda: client.put_item(TableName=waiting.table, Item=forged)) == "AccessDeniedException"
    assert refused(lambda: client.transact_write_items(TransactItems=puts)) == "AccessDeniedException"
    batch = {waiting.table: [{"PutRequest": {"Item": one}} for one in (own, forged)]}
    assert refused(lambda: client.batch_write_item(RequestItems=batch)) == "AccessDeniedException"
    assert waiting.gate() == before


@pytest.mark.parametrize("agent", AGENTS)
def test_no_agent_can_rewrite_the_end_of_the_chain_or_take_a_record_out(waiting: Waiting, agent: str) -> None:
    before, client = waiting.gate(), waiting.client(agent, "dynamodb")
    head = {**before["HEAD"], "chain": {"S": "0" * 64}}
    first = {"pk": head["pk"], "sk": {"S": "AUDIT#000001"}}

    assert refused(lambda: client.put_item(TableName=waiting.table, Item=head)) == "AccessDeniedException"
    assert refused(lambda: client.delete_item(TableName=waiting.table, Key=first)) == "AccessDeniedException"
    assert waiting.gate() == before


@pytest.mark.parametrize("agent", AGENTS)
def test_no_agent_can_read_a_token(waiting: Waiting, agent: str) -> None:
    client = waiting.client(agent, "dynamodb")
    pk = {"S": f"TOKEN#{waiting.task}"}
    key = {"pk": pk, "sk": {"S": f"approval#{waiting.approval.id}"}}
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": pk}}

    assert "Item" in waiting.journey.stack.clients("dynamodb").get_item(TableName=waiting.table, Key=key)
    assert refused(lambda: client.get_item(TableName=waiting.table, Key=key)) == "AccessDeniedException"
    assert refused(lambda: client.query(TableName=waiting.table, **query)) == "AccessDeniedException"
    assert refused(lambda: client.scan(TableName=waiting.table)) == "AccessDeniedException"


@pytest.mark.parametrize("agent", AGENTS)
def test_no_agent_can_replace_what_an_approval_covers(waiting: Waiting, agent: str) -> None:
    client, bucket = waiting.client(agent, "s3"), waiting.journey.stack.outputs["ArtifactBucket"]
    key = mandate_key(waiting.task, waiting.approval.digest)
    ticket = f"tasks/{waiting.task}/ticket.json"

    assert refused(lambda: client.put_object(Bucket=bucket, Key=key, Body=b"{}")) == "AccessDenied"
    assert refused(lambda: client.put_object(Bucket=bucket, Key=ticket, Body=b"{}")) == "AccessDenied"
    assert refused(lambda: client.delete_object(Bucket=bucket, Key=key)) == "AccessDenied"


def test_an_agent_may_read_what_was_asked_but_no_secret_of_the_people(waiting: Waiting) -> None:
    """So the refusals above are the gate's, and not those of credentials that open nothing."""
    store = DynamoGateStore(waiting.client("ExecutionAgent", "dynamodb"), waiting.table, FakeClock())
    secrets = waiting.client("ExecutionAgent", "secretsmanager")
    found = waiting.journey.stack.clients("secretsmanager").list_secrets()["SecretList"]
    arns = {secret["Name"].rpartition("/")[2]: secret["ARN"] for secret in found}

    assert [one.id for one in store.approvals(waiting.task)] == [waiting.approval.id]
    assert secrets.get_secret_value(SecretId=arns["GithubToken"])["SecretString"]
    for name in ("SlackToken", "SlackSigning", "JiraToken", "Operator"):
        assert refused(lambda arn=arns[name]: secrets.get_secret_value(SecretId=arn)) == "AccessDeniedException"  # type: ignore[misc]


def test_after_all_that_the_task_still_waits_and_its_record_is_whole(waiting: Waiting) -> None:
    story = waiting.journey.peers.story(waiting.task)
    said = waiting.journey.ferry("audit", "verify", waiting.task)

    assert story["task"]["status"] == "awaiting_approval"
    assert [one["decision"] for one in story["approvals"]] == [None]
    assert said.returncode == 0, said.stdout
    assert "is whole" in said.stdout
    assert "people were asked about plan 1" in waiting.journey.ferry("audit", "show", waiting.task).stdout
