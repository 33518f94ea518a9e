"""Who may do what at the gate, as SAM's translator spells out template.yaml: the promise of docs/security.md."""

from __future__ import annotations

from functools import cache

import pytest

from local.aws.deploy.intrinsics import Resource, Scope
from local.aws.deploy.template import parameter_values, translate
from local.aws.permissions.dynamodb import LEADING_KEYS
from local.aws.permissions.policy import Call, Statement, permits, read_statements
from tests.template import resources, template

FUNCTIONS = sorted(resources("AWS::Serverless::Function"))
AGENTS = [name for name in FUNCTIONS if name.endswith("Agent")]
BUCKET = "arn:aws:s3:::ferry-dev-123456789012-us-east-1"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/TaskTable"
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete")
READS = ("GetItem", "Query", "BatchGetItem", "PartiQLSelect")
GIVEN = {"GITHUB_ORG": "acme", "JIRA_BASE_URL": "https://jira.example", "JIRA_EMAIL": "a@b.example"}
GIVEN |= {"SLACK_CHANNEL": "C1", "APPROVERS": "U1", "MODEL": "bedrock:scripted"}


PSEUDO = {"AWS::AccountId": "123456789012", "AWS::Partition": "aws", "AWS::Region": "us-east-1"}


@cache
def statements() -> dict[str, tuple[Statement, ...]]:
    """By logical id of the role."""
    values = parameter_values(template(), GIVEN)
    translated = translate(template(), values, "us-east-1")["Resources"]
    made = {name: Resource(name, {"Arn": f"arn:of:{name}", "QueueName": name}) for name in translated}
    made["TaskTable"].attributes["Arn"] = TABLE
    scope = Scope({**values, **PSEUDO}, resources=made)
    roles = {name: one["Properties"] for name, one in translated.items() if one["Type"] == "AWS::IAM::Role"}
    return {name: read_statements(scope.resolve(role.get("Policies", []))) for name, role in roles.items()}


def may(function: str, action: str, *keys: str) -> bool:
    call = Call(f"dynamodb:{action}", TABLE, {LEADING_KEYS: keys} if keys else {})
    return permits(statements()[f"{function}Role"], call)


def may_put(function: str, key: str) -> bool:
    return permits(statements()[f"{function}Role"], Call("s3:PutObject", f"{BUCKET}/{key}"))


def test_every_function_has_a_role_that_was_read() -> None:
    assert AGENTS
    assert {f"{function}Role" for function in FUNCTIONS} <= statements().keys()
    assert all(may(agent, "PutItem", f"TASK#{of}") for agent, of in zip(AGENTS, ownership(), strict=True))


def ownership() -> list[str]:
    """Whose partition each agent keeps its ledger in."""
    special = {"SentryAgent": "incident-0", "SlackAgent": "questions"}
    return [special.get(agent, "FERRY-1-a") for agent in AGENTS]


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("action", WRITES)
def test_no_agent_writes_at_the_gate(agent: str, action: str) -> None:
    assert not may(agent, action, "GATE#FERRY-1-a")
    assert not may(agent, action, "TASK#FERRY-1-a", "GATE#FERRY-1-a")
    assert not may(agent, action)


@pytest.mark.parametrize("agent", AGENTS)
def test_no_agent_reads_or_writes_a_token(agent: str) -> None:
    assert not [action for action in (*READS, *WRITES) if may(agent, action, "TOKEN#FERRY-1-a")]


@pytest.mark.parametrize("agent", [*AGENTS, "StatusApiFunction", "CommentFunction", "CiWatchFunction"])
def test_no_scan_goes_round_the_partitions(agent: str) -> None:
    index = Call("dynamodb:Scan", f"{TABLE}/index/lists")

    assert not may(agent, "Scan")
    assert not permits(statements()[f"{agent}Role"], index)


def test_exactly_these_functions_decide() -> None:
    writers = {name for name in FUNCTIONS if any(may(name, action, "GATE#FERRY-1-a") for action in WRITES)}

    assert writers == {"WorkerFunction", "ApprovalFunction", "NotifierFunction"}


def test_exactly_these_functions_may_read_who_waits() -> None:
    readers = {name for name in FUNCTIONS if any(may(name, action, "TOKEN#FERRY-1-a") for action in READS)}

    assert readers == {"WorkerFunction", "ApprovalFunction", "NotifierFunction", "SweepFunction", "CiWatchFunction"}


@pytest.mark.parametrize(
    ("key", "writers"),
    [
        ("tasks/FERRY-1-a/mandates/0a.json", {"ApprovalFunction"}),
        ("tasks/FERRY-1-a/mandates/held-0a.json", {"ApprovalFunction"}),
        ("tasks/FERRY-1-a/held/acme+lib.json", {"ExecutionAgent"}),
        ("policies/0a.json", {"ApprovalFunction"}),
        ("tasks/FERRY-1-a/ticket.json", {"WorkerFunction"}),
        ("tasks/FERRY-1-a/plan-1.json", {"PlanningAgent"}),
        ("tasks/FERRY-1-a/discovery.json", {"DiscoveryAgent"}),
        ("index/acme+pricing/facts.v1", {"DiscoveryAgent", "IndexFunction"}),
        ("tasks/FERRY-1-a/asked/3caf8492.json", {"CommentFunction"}),
        ("tasks/FERRY-1-a/asked/3caf8492-done.json", {"CommentFunction", "CicdAgent"}),
    ],
)
def test_each_document_has_its_writers(key: str, writers: set[str]) -> None:
    assert {name for name in FUNCTIONS if may_put(name, key)} == writers


def test_exactly_these_functions_delete_documents_and_only_indexes() -> None:
    def deleters(key: str) -> set[str]:
        call = Call("s3:DeleteObject", f"{BUCKET}/{key}")
        return {name for name in FUNCTIONS if permits(statements()[f"{name}Role"], call)}

    assert deleters("index/acme+pricing/facts.v1") == {"DiscoveryAgent", "IndexFunction", "SweepFunction"}
    assert deleters("tasks/FERRY-1-a/ticket.json") == set()


def test_no_agent_teaches_and_planning_alone_reads_lessons() -> None:
    writers = {name for name in FUNCTIONS if any(may(name, action, "LESSON#acme/pricing") for action in WRITES)}
    readers = {name for name in AGENTS if any(may(name, action, "LESSON#acme/pricing") for action in READS)}
    whole_table = {"WorkerFunction", "ApprovalFunction", "NotifierFunction"}

    assert writers == {*whole_table, "CommentFunction", "CiWatchFunction", "SweepFunction"}
    assert readers == {"PlanningAgent"}


@pytest.mark.parametrize(
    ("action", "who"),
    [
        ("RetrieveMemoryRecords", {"PlanningAgent"}),
        ("BatchCreateMemoryRecords", {"WorkerFunction", "CommentFunction", "CiWatchFunction", "SweepFunction"}),
        ("BatchDeleteMemoryRecords", {"WorkerFunction", "CommentFunction", "CiWatchFunction", "SweepFunction"}),
        ("CreateEvent", set()),
    ],
)
def test_each_act_on_agentcores_copy_has_its_functions_and_no_other_memory(action: str, who: set[str]) -> None:
    def may_in(name: str, memory: str) -> bool:
        arn = f"arn:aws:bedrock-agentcore:us-east-1:123456789012:memory/{memory}"
        return permits(statements()[f"{name}Role"], Call(f"bedrock-agentcore:{action}", arn))

    assert {name for name in FUNCTIONS if may_in(name, "ferry_dev_lessons-0123456789")} == who
    assert not [name for name in FUNCTIONS if may_in(name, "ferry_prod_lessons-0123456789")]


def test_the_indexer_may_nothing_but_index() -> None:
    assert not [action for action in (*READS, *WRITES) if may("IndexFunction", action, "TASK#FERRY-1-a")]
    assert not may_put("IndexFunction", "tasks/FERRY-1-a/discovery.json")


def test_agents_tell_how_models_are_and_nobody_beside_those_who_hold_the_table() -> None:
    tellers = {name for name in FUNCTIONS if any(may(name, action, "MODEL#bedrock:m") for action in WRITES)}

    assert tellers == {*AGENTS, "WorkerFunction", "ApprovalFunction", "NotifierFunction"}
    assert not any(may(agent, "PutItem", "MODEL#m", "GATE#FERRY-1-a") for agent in AGENTS)
