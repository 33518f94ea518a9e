"""The AWS adapters against moto: artifacts, queue, secrets, and an engine that really runs a machine."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from ferry.adapters.aws import translated
from ferry.adapters.aws_json import SECRETS_MANAGER, SQS, AwsJson
from ferry.adapters.ingress_aws import LightQueue, LightSecrets
from ferry.adapters.s3 import S3ArtifactStore
from ferry.adapters.secrets_manager import SecretsManagerSecrets
from ferry.adapters.sqs import SqsDeadLetters, SqsQueue
from ferry.adapters.step_functions import StepFunctionsEngine
from ferry.domain.delivery import Delivery, Source
from ferry.domain.errors import Conflict, MissingSecret, NotFound, RateLimited, VendorRefused
from ferry.ports import ArtifactStore, Queue, Secrets
from tests.fakes.artifacts import FakeArtifactStore

pytestmark = pytest.mark.usefixtures("aws")

WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}


@pytest.fixture(params=["s3", "fake"])
def artifacts(request: pytest.FixtureRequest) -> ArtifactStore:
    if request.param == "fake":
        return FakeArtifactStore()
    boto3.client("s3").create_bucket(Bucket="documents")
    return S3ArtifactStore(boto3.client("s3"), "documents")


@pytest.fixture(params=["boto3", "light"])
def queue(request: pytest.FixtureRequest, aws_url: str) -> Callable[[str], Queue]:
    """A queue by its URL."""
    if request.param == "boto3":
        return lambda url: SqsQueue(boto3.client("sqs"), url)
    return lambda url: LightQueue(AwsJson(SQS, {**os.environ, "AWS_ENDPOINT_URL": aws_url}), url)


@pytest.fixture(params=["boto3", "light"])
def secrets(request: pytest.FixtureRequest, aws_url: str) -> Secrets:
    if request.param == "boto3":
        return SecretsManagerSecrets(boto3.client("secretsmanager"))
    return LightSecrets(AwsJson(SECRETS_MANAGER, {**os.environ, "AWS_ENDPOINT_URL": aws_url}))


@pytest.fixture
def engine() -> Iterator[StepFunctionsEngine]:
    client = boto3.client("stepfunctions")
    role = "arn:aws:iam::123456789012:role/any"
    machine = client.create_state_machine(name="m", definition=json.dumps(WAITS), roleArn=role)["stateMachineArn"]
    yield StepFunctionsEngine(client, machine)
    for execution in client.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]:
        client.stop_execution(executionArn=execution["executionArn"])


def test_a_document_comes_back_as_it_was_put(artifacts: ArtifactStore) -> None:
    artifacts.put("tasks/a/plan-1.json", b"\x00plan")
    artifacts.put("tasks/b/plan-1.json", b"other")

    assert artifacts.get("tasks/a/plan-1.json") == b"\x00plan"
    assert artifacts.keys("tasks/a/") == ["tasks/a/plan-1.json"]


def test_a_deleted_document_is_gone_and_deleting_it_again_is_nothing(artifacts: ArtifactStore) -> None:
    artifacts.put("index/a", b"1")
    artifacts.put("index/b", b"2")

    artifacts.delete("index/a")
    artifacts.delete("index/a")

    assert artifacts.keys("index/") == ["index/b"]


def test_a_missing_document_is_named(artifacts: ArtifactStore) -> None:
    with pytest.raises(NotFound, match="tasks/none"):
        artifacts.get("tasks/none")


def test_a_missing_bucket_is_refused_by_name() -> None:
    with pytest.raises(VendorRefused, match="NoSuchBucket"):
        S3ArtifactStore(boto3.client("s3"), "nowhere").put("k", b"v")


def test_a_queued_delivery_comes_out_whole(queue: Callable[[str], Queue]) -> None:
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="q")["QueueUrl"]
    delivery = Delivery(Source.SLACK, "1", "block_actions", "payload=%7B%7D é", "2026-11-21T12:00:00Z")

    queue(url).send(delivery)

    [message] = client.receive_message(QueueUrl=url)["Messages"]
    assert Delivery.from_json(message["Body"]) == delivery


def test_the_longest_delivery_that_is_taken_fits(queue: Callable[[str], Queue]) -> None:
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="q", Attributes={"MaximumMessageSize": "1048576"})["QueueUrl"]
    delivery = Delivery(Source.JIRA, "1", "k", random.Random(7).randbytes(480_000).hex(), "2026-11-21T12:00:00Z")

    queue(url).send(delivery)

    [message] = client.receive_message(QueueUrl=url)["Messages"]
    assert Delivery.from_json(message["Body"]) == delivery


def test_a_missing_queue_is_refused_by_name(queue: Callable[[str], Queue]) -> None:
    url = boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"]

    with pytest.raises(VendorRefused, match=r"^SQS SendMessage: AWS.SimpleQueueService.NonExistentQueue: ") as refused:
        queue(f"{url}-away").send(Delivery(Source.JIRA, "1", "k", "{}", "2026-11-21T12:00:00Z"))

    assert refused.value.status == 400


def test_dead_letters_are_counted_and_stay_where_they_are() -> None:
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="dead")["QueueUrl"]
    letters = SqsDeadLetters(client, url, "back")
    assert letters.count() == 0

    for number in range(3):
        client.send_message(QueueUrl=url, MessageBody=str(number))

    assert (letters.count(), letters.count()) == (3, 3)


def test_an_unset_secret_is_named_with_the_remedy(secrets: Secrets) -> None:
    boto3.client("secretsmanager").create_secret(Name="ferry/dev/SlackToken")

    for name in ("ferry/dev/SlackToken", "ferry/dev/unknown"):
        with pytest.raises(MissingSecret, match=f"{name}.*put-secret-value"):
            secrets.get(name)


def test_a_blank_secret_is_an_unset_one(secrets: Secrets) -> None:
    boto3.client("secretsmanager").create_secret(Name="s", SecretString=" \n")

    with pytest.raises(MissingSecret, match="secret s has no value"):
        secrets.get("s")


def test_a_secret_is_fetched_once(secrets: Secrets) -> None:
    client = boto3.client("secretsmanager")
    client.create_secret(Name="s", SecretString="one é\ntwo")

    assert secrets.get("s") == "one é\ntwo"
    client.put_secret_value(SecretId="s", SecretString="three")
    assert secrets.get("s") == "one é\ntwo"


def test_the_same_start_again_is_the_same_execution(engine: StepFunctionsEngine) -> None:
    first = engine.start("FERRY-1-a", {"task_id": "a"})

    assert engine.start("FERRY-1-a", {"task_id": "a"}) == first
    with pytest.raises(Conflict):
        engine.start("FERRY-1-a", {"task_id": "b"})


def test_a_stopped_execution_says_so(engine: StepFunctionsEngine) -> None:
    execution = engine.start("FERRY-1-a", {})
    assert engine.status(execution) == "RUNNING"

    engine.stop(execution, "because")

    deadline = time.monotonic() + 10
    while engine.status(execution) == "RUNNING" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert engine.status(execution) == "ABORTED"
    with pytest.raises(NotFound):
        engine.status(execution + "x")


def test_a_token_that_nobody_waits_for_is_no_error(engine: StepFunctionsEngine) -> None:
    assert not engine.succeed("nobody", {})
    assert not engine.fail("nobody", "E", "c")
    assert not engine.heartbeat("nobody")


@pytest.mark.parametrize(
    "code",
    [
        "ThrottlingException",  # Step Functions, DynamoDB
        "ExecutionLimitExceeded",  # Step Functions: too many open executions
        "ProvisionedThroughputExceededException",  # DynamoDB, a partition
        "RequestLimitExceeded",  # DynamoDB, the account
        "TransactionInProgressException",  # DynamoDB: the first try of the same write still runs
        "RequestThrottled",  # SQS
        "TooManyRequestsException",  # Lambda
    ],
)
def test_a_refusal_for_now_is_never_taken_for_a_no(code: str) -> None:
    answer = {"Error": {"Code": code, "Message": "slower"}, "ResponseMetadata": {"HTTPStatusCode": 400}}

    with pytest.raises(RateLimited, match=code), translated("AWS Call"):
        raise ClientError(answer, "Call")  # type: ignore[arg-type]


def test_dead_letters_are_moved_by_aws_itself() -> None:
    client = boto3.client("sqs")
    with Stubber(client) as stub:
        facts = {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:dead", "ApproximateNumberOfMessages": "3"}
        stub.add_response("get_queue_attributes", {"Attributes": facts})
        stub.add_response("start_message_move_task", {"TaskHandle": "h"}, {"SourceArn": facts["QueueArn"]})

        assert SqsDeadLetters(client, "dead", "back").redrive() == 3
        stub.assert_no_pending_responses()


@pytest.mark.parametrize("missing", ["InvalidAction", "500"])
def test_where_nobody_moves_dead_letters_they_are_carried_and_none_is_lost(missing: str) -> None:
    client = boto3.client("sqs")
    dead, back = (client.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "back"))
    deliveries = [Delivery(Source.JIRA, str(number), "jira:issue_updated", "{}", "now") for number in range(12)]
    for delivery in deliveries:
        SqsQueue(client, dead).send(delivery)
    client.meta.events.register("before-call.sqs.StartMessageMoveTask", lambda **_: _unknown(missing))

    assert SqsDeadLetters(client, dead, back).redrive() == 12
    assert SqsDeadLetters(client, dead, back).redrive() == 0

    found: list[str] = []
    while messages := client.receive_message(QueueUrl=back, MaxNumberOfMessages=10).get("Messages"):
        found += [Delivery.from_json(message["Body"]).name for message in messages]
    assert sorted(found) == sorted(delivery.name for delivery in deliveries)


def _unknown(code: str) -> None:
    raise ClientError({"Error": {"Code": code, "Message": "no such action"}}, "StartMessageMoveTask")
