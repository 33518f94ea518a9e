"""How AWS is called without an SDK: addresses, keys, patience and refusals."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ferry.adapters.aws import translated
from ferry.adapters.aws_json import PAUSES, READ_SECONDS, SECRETS_MANAGER, SQS, AwsJson, Service, endpoint
from ferry.adapters.ingress_aws import LightSecrets
from ferry.adapters.sigv4 import Credentials
from ferry.domain.errors import (
    FerryError,
    InvalidSettings,
    MissingSecret,
    RateLimited,
    VendorRefused,
    VendorUnavailable,
)
from tests.fakes.aws_server import Answer, AwsServer, aws_server

KEYS = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "hidden"}
AWAY = Answer({"__type": "com.amazonaws.sqs#ServiceUnavailable"}, 503)
SLOWER = Answer({"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slower"}, 400)
NO = Answer({"__type": "com.amazonaws.sqs#InvalidMessageContents", "message": "no"}, 400)
DONE = Answer({"MessageId": "1"})
GONE = Answer(drops=True)


@pytest.fixture
def server() -> Iterator[AwsServer]:
    with aws_server() as server:
        yield server


class Sqs:
    """pauses: seconds that were waited between attempts."""

    def __init__(self, server: AwsServer) -> None:
        self.pauses: list[float] = []
        self.environ = {**KEYS, "AWS_ENDPOINT_URL": server.url}
        self._json = AwsJson(SQS, self.environ, self.pauses.append)

    def send(self) -> object:
        return self._json.call("SendMessage", {"QueueUrl": "q", "MessageBody": "m é"})


def test_a_request_is_the_one_that_the_protocol_asks_for(server: AwsServer) -> None:
    assert Sqs(server).send() == {}

    [asked] = server.asked
    assert (asked.path, asked.body) == ("/", {"QueueUrl": "q", "MessageBody": "m é"})
    assert asked.headers["x-amz-target"] == "AmazonSQS.SendMessage"
    assert asked.headers["content-type"] == "application/x-amz-json-1.0"
    assert asked.headers["host"] == server.url.removeprefix("http://")
    names = "SignedHeaders=content-type;host;x-amz-date;x-amz-target,"
    assert names in asked.headers["authorization"]


def test_one_connection_serves_many_calls(server: AwsServer) -> None:
    sqs = Sqs(server)
    server.answers = [DONE, NO, DONE]

    sqs.send()
    with pytest.raises(VendorRefused):
        sqs.send()
    sqs.send()

    assert [asked.connection for asked in server.asked] == [1, 1, 1]


def test_a_connection_that_ended_meanwhile_is_opened_again(server: AwsServer) -> None:
    sqs = Sqs(server)
    server.answers = [Answer({"MessageId": "1"}, headers={"Connection": "close"}), GONE, DONE]

    assert sqs.send() == sqs.send() == {"MessageId": "1"}
    assert [asked.connection for asked in server.asked] == [1, 2, 3]


def test_keys_are_those_of_the_moment_and_a_session_token_is_sent(server: AwsServer) -> None:
    sqs = Sqs(server)
    sqs.send()
    sqs.environ |= {"AWS_ACCESS_KEY_ID": "another", "AWS_SESSION_TOKEN": "token"}
    sqs.send()

    before, after = (asked.headers for asked in server.asked)
    assert "Credential=key/" in before["authorization"]
    assert "x-amz-security-token" not in before
    assert "Credential=another/" in after["authorization"]
    assert after["x-amz-security-token"] == "token"


@pytest.mark.parametrize("fault", [AWAY, SLOWER, GONE, Answer("<html>", 502), Answer("<html>")])
def test_what_passes_is_overcome_before_the_sender_loses_patience(server: AwsServer, fault: Answer) -> None:
    sqs = Sqs(server)
    server.answers = [fault, fault, DONE]

    assert sqs.send() == {"MessageId": "1"}
    assert len(sqs.pauses) == 2
    assert sum(sqs.pauses) <= sum(PAUSES) < 0.3


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (AWAY, VendorUnavailable, "AWS answered 503 (ServiceUnavailable)"),
        (SLOWER, RateLimited, "AWS throttles us (RequestThrottled)"),
        (GONE, VendorUnavailable, "RemoteDisconnected"),
        (Answer("<html>", 502), VendorUnavailable, "AWS answered 502 (502)"),
        (Answer("<html>"), VendorUnavailable, "not a JSON object"),
    ],
)
def test_what_does_not_pass_is_given_up_and_named(
    server: AwsServer, fault: Answer, error: type[FerryError], said: str
) -> None:
    server.answers = [fault] * 4

    with pytest.raises(error) as told:
        Sqs(server).send()

    assert str(told.value).startswith("SQS SendMessage: ")
    assert said in str(told.value)
    assert len(server.asked) == len(READ_SECONDS) == 3


def test_a_no_is_not_asked_again(server: AwsServer) -> None:
    server.answers = [NO]

    with pytest.raises(VendorRefused, match="^SQS SendMessage: InvalidMessageContents: no$"):
        Sqs(server).send()

    assert len(server.asked) == 1


def test_a_refused_signature_is_told_without_what_was_signed(server: AwsServer) -> None:
    told = "The signature does not match.\n\nThe Canonical String should have been\n'x-amz-security-token:hidden'"
    server.answers = [Answer({"__type": "SignatureDoesNotMatch", "message": told}, 403)]

    with pytest.raises(VendorRefused, match="does not match") as refused:
        Sqs(server).send()

    assert "hidden" not in str(refused.value)


def test_a_silent_aws_is_asked_again_on_a_new_connection(server: AwsServer) -> None:
    server.answers = [Answer(silent=True), DONE]
    environ = {**KEYS, "AWS_ENDPOINT_URL": server.url}

    told = AwsJson(SQS, environ, lambda _: None, reads=(0.05, 60, 60)).call("SendMessage", {})

    assert told == {"MessageId": "1"}
    assert [asked.connection for asked in server.asked] == [1, 2]


def test_nobody_at_the_address_is_unavailable_after_three_tries() -> None:
    pauses: list[float] = []
    away = AwsJson(SQS, {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, pauses.append)

    with pytest.raises(VendorUnavailable, match="SQS SendMessage: ConnectionRefusedError"):
        away.call("SendMessage", {})

    assert len(pauses) == 2


def test_secrets_speak_their_own_version_of_the_protocol(server: AwsServer) -> None:
    server.answers = [Answer({"SecretString": "one"}), Answer({"__type": "ResourceNotFoundException"}, 400)]
    secrets = LightSecrets(AwsJson(SECRETS_MANAGER, {**KEYS, "AWS_ENDPOINT_URL": server.url}))

    assert secrets.get("a") == "one"
    with pytest.raises(MissingSecret, match="secret b has no value"):
        secrets.get("b")

    assert server.asked[0].headers["x-amz-target"] == "secretsmanager.GetSecretValue"
    assert server.asked[0].headers["content-type"] == "application/x-amz-json-1.1"
    assert [asked.body for asked in server.asked] == [{"SecretId": "a"}, {"SecretId": "b"}]


@pytest.mark.parametrize(
    "fault",
    [
        AWAY,
        SLOWER,
        NO,
        Answer({"__type": "ns#QueueGone", "Message": "m"}, 400, {"x-amzn-query-error": "AWS.Old.QueueGone;Sender"}),
        Answer({"__type": "ns#ExpiredToken:http://somewhere/#x", "message": "expired"}, 403),
        Answer("<html>", 503),
        Answer({"message": "m"}, 404),
    ],
)
def test_a_refusal_is_told_as_through_boto3(server: AwsServer, fault: Answer) -> None:
    server.answers = [fault] * 3
    with pytest.raises(FerryError) as ours:
        Sqs(server).send()
    server.answers = [fault]
    client = botocore.session.Session().create_client(
        "sqs", "us-east-1", endpoint_url=server.url, aws_access_key_id="k", aws_secret_access_key="s",
        config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip

    with pytest.raises(FerryError) as theirs, translated("SQS SendMessage"):
        client.send_message(QueueUrl=f"{server.url}/1/q", MessageBody="m")

    assert type(ours.value) is type(theirs.value)
    assert str(ours.value) == str(theirs.value)
    assert isinstance(theirs.value.__cause__, ClientError)


@pytest.mark.parametrize("service", [SQS, SECRETS_MANAGER], ids=lambda service: service.name)
@pytest.mark.parametrize("region", ["us-east-1", "eu-central-2", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"])
def test_addresses_are_those_of_boto3(service: Service, region: str) -> None:
    client = boto3.Session("k", "s", region_name=region).client(service.name)  # type: ignore[call-overload]

    assert endpoint(service, {"AWS_REGION": region}) == client.meta.endpoint_url


def test_the_closest_address_wins() -> None:
    own, all_services = {"AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://own:1"}, {"AWS_ENDPOINT_URL": "http://all:1"}

    assert endpoint(SECRETS_MANAGER, KEYS | own | all_services) == "http://own:1"
    assert endpoint(SQS, KEYS | own | all_services) == "http://all:1"
    assert endpoint(SQS, KEYS | own) == "https://sqs.us-east-1.amazonaws.com"


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_missing_variable_is_named(server: AwsServer, name: str) -> None:
    environ = {**KEYS, "AWS_ENDPOINT_URL": server.url, name: ""}

    with pytest.raises(InvalidSettings, match=name):
        AwsJson(SQS, environ).call("SendMessage", {})

    assert not server.asked


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(InvalidSettings, match="AWS_ENDPOINT_URL"):
        AwsJson(SQS, {**KEYS, "AWS_ENDPOINT_URL": "localhost:4566"})


def test_keys_are_not_shown() -> None:
    assert "hidden" not in repr(Credentials("key", "hidden", "hidden too"))
