"""The sample events: each function has some, each belongs to a function, and those from outside get in when signed."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from local.sam_local.cases import CASES
from local.sam_local.events import SENDERS, SampleEvent, sample_events, signed
from tests.fakes.moto_server import moto_server
from tests.template import resources

SAMPLES = sample_events()
FUNCTIONS = {
    properties["CodeUri"].rstrip("/").rpartition("/")[2]
    for properties in resources("AWS::Serverless::Function").values()
}
FROM_OUTSIDE = [sample for sample in SAMPLES if sample.folder in SENDERS]
VALUES = {"task_id": "FERRY-42-0a1b2c", "approval_id": "a1", "digest": "0" * 16}
SECRET = "only for this test"


def name(sample: SampleEvent) -> str:
    return sample.name


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """URL of the queue that ingress is told to fill, in an AWS that knows the secret."""
    for variable, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "WEBHOOK_SECRET_ID": "webhook",
    }.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws(), moto_server() as aws:
        boto3.client("secretsmanager").create_secret(Name="webhook", SecretString=SECRET)
        url = boto3.client("sqs").create_queue(QueueName="deliveries")["QueueUrl"]
        monkeypatch.setenv("DELIVERY_QUEUE_URL", url)
        for service in ("SQS", "SECRETS_MANAGER"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", aws)
        yield url


def handled(sample: SampleEvent, secret: str) -> dict[str, object]:
    """What the function answers; its module is loaded anew, because it keeps its clients for as long as it lives."""
    module = importlib.reload(importlib.import_module(f"functions.{sample.folder}.app"))
    event = signed(sample.filled(VALUES), SENDERS[sample.folder], secret, time.time())
    answer: dict[str, object] = module.handler(event, None)
    return answer


def test_every_function_has_an_event_and_every_event_a_function() -> None:
    assert {sample.folder for sample in SAMPLES} == FUNCTIONS


def test_every_event_has_a_case_that_judges_its_answer() -> None:
    assert {sample.name for sample in SAMPLES} == CASES.keys()


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_no_event_stores_what_a_secret_makes(sample: SampleEvent) -> None:
    text = sample.path.read_text("utf-8").lower()

    assert "-signature" not in text
    assert "sha256=" not in text
    assert "v0=" not in text


@pytest.mark.parametrize("sample", FROM_OUTSIDE, ids=name)
def test_a_signed_event_gets_in_and_is_queued_as_it_came(sample: SampleEvent, queue: str) -> None:
    answer = handled(sample, SECRET)

    assert answer["statusCode"] == 200
    told = json.loads(str(answer["body"]))
    queued = boto3.client("sqs").receive_message(QueueUrl=queue).get("Messages", [])
    if "challenge" in told:  # Slack's question is answered, not carried on
        assert not queued
        return
    delivery = json.loads(queued[0]["Body"])
    assert f"{delivery['source']}:{delivery['id']}" == told["delivery_id"]
    assert delivery["body"] == sample.filled(VALUES)["body"]


@pytest.mark.parametrize("sample", FROM_OUTSIDE, ids=name)
def test_an_event_signed_with_another_secret_stays_out(sample: SampleEvent, queue: str) -> None:
    answer = handled(sample, "another secret")

    assert answer["statusCode"] == 401
    assert not boto3.client("sqs").receive_message(QueueUrl=queue).get("Messages", [])
