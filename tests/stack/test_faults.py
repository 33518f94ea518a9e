"""AWS refuses on purpose: the same calls for the same seed, and nothing before it is told to."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws.engine import start_engine
from local.aws.faults import Fault, Faults
from tests.stack.helpers import ROLE, FunctionsHere, served

START = "AWSStepFunctions.StartExecution"


@pytest.fixture
def faults() -> Faults:
    return Faults(7, [Fault(START, 0.5, burst=2), Fault("AmazonSQS.SendMessage", 1, "ServiceUnavailable", "503 Away")])


@pytest.fixture
def aws(faults: Faults) -> Iterator[str]:
    late, url, close = served()
    engine = start_engine(FunctionsHere(), late, url, faults=faults)
    yield url
    close()
    engine.stop()


def client(service: str, url: str) -> boto3.client:
    session = boto3.session.Session("local", "local", region_name="us-east-1")
    config = Config(proxies={}, retries={"total_max_attempts": 1})
    return session.client(service, endpoint_url=url, config=config)  # type: ignore[call-overload]


def fates(seed: int) -> list[bool]:
    faults = Faults(seed, [Fault(START, 0.5, burst=2)])
    faults.active = True
    return [faults.strike(START) is not None for _ in range(40)]


def test_the_same_seed_strikes_the_same_calls_in_bursts() -> None:
    assert fates(7) == fates(7) != fates(8)
    assert fates(7)[::2] == fates(7)[1::2]
    assert 0 < sum(fates(7)) < 40


def test_a_struck_call_is_refused_in_awss_own_words_and_changes_nothing(aws: str, faults: Faults) -> None:
    flow = client("stepfunctions", aws)
    pass_on = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
    arn = flow.create_state_machine(name="m", definition=pass_on, roleArn=ROLE)["stateMachineArn"]
    flow.start_execution(stateMachineArn=arn, name="before")
    faults.active = True
    refused = []

    for number in range(20):
        try:
            flow.start_execution(stateMachineArn=arn, name=f"run-{number}")
        except ClientError as error:
            refused.append(error.response["Error"]["Code"])

    assert refused == ["ThrottlingException"] * fates(7)[:20].count(True)
    assert len(flow.list_executions(stateMachineArn=arn)["executions"]) == 21 - len(refused)
    assert faults.struck == {START: len(refused)}


def test_a_queue_that_is_away_answers_5xx(aws: str, faults: Faults) -> None:
    queue = client("sqs", aws)
    url = queue.create_queue(QueueName="q")["QueueUrl"]
    faults.active = True

    with pytest.raises(ClientError) as refused:
        queue.send_message(QueueUrl=url, MessageBody="m")

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
