"""One contract for the health of models: DynamoDB (the template's own table, in moto) and the fake keep it alike."""

from __future__ import annotations

import boto3
import pytest

from ferry.adapters.dynamodb.health import DynamoModelHealth
from ferry.domain.circuit import Circuit
from ferry.domain.errors import Conflict
from ferry.ports import ModelHealth
from tests.fakes.clock import FakeClock
from tests.fakes.health import FakeModelHealth
from tests.template import resources

NAME = "openai:http://127.0.0.1:8000/v1#qwen/qwen3-coder"


@pytest.fixture(params=["dynamodb", "fake"])
def health(request: pytest.FixtureRequest) -> ModelHealth:
    if request.param == "fake":
        return FakeModelHealth()
    request.getfixturevalue("aws")
    client = boto3.client("dynamodb")
    table = resources("AWS::DynamoDB::Table")["TaskTable"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    client.create_table(TableName="tasks", **{name: table[name] for name in wanted})
    return DynamoModelHealth(client, "tasks", FakeClock())


def test_a_model_that_nobody_told_of_is_well(health: ModelHealth) -> None:
    assert health.circuit(NAME) == Circuit(model=NAME)


def test_what_one_tells_all_see(health: ModelHealth) -> None:
    failed = health.circuit(NAME).failed(1000.5, "ThrottlingException")
    health.keep(failed)

    assert health.circuit(NAME) == failed
    assert health.circuit("bedrock:other").clean


def test_of_two_who_tell_the_same_version_one_wins(health: ModelHealth) -> None:
    first = health.circuit(NAME).failed(1000, "a")
    health.keep(first)

    with pytest.raises(Conflict):
        health.keep(Circuit(model=NAME).failed(1000, "b"))
    health.keep(first.succeeded())
    with pytest.raises(Conflict):
        health.keep(first.failed(1001, "late"))
    assert health.circuit(NAME).clean
