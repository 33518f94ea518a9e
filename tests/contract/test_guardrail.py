"""The port Guardrail over Bedrock's ApplyGuardrail, against botocore's model both ways; it fails closed."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config

from ferry.adapters.bedrock.guardrail import Guardrail as Named
from ferry.adapters.bedrock_guardrail import LONGEST, BedrockGuardrail, configured
from ferry.domain.errors import VendorRefused, VendorUnavailable
from ferry.ports import Guardrail
from tests.fakes.guardrail import FakeGuardrail, guardrail_server


@pytest.fixture
def server() -> Iterator[FakeGuardrail]:
    with guardrail_server() as server:
        yield server


def guardrail(url: str, setting: str = "gr1:2") -> Guardrail:
    client = boto3.client(
        "bedrock-runtime", endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2),
    )  # fmt: skip
    given = Named.read(setting)
    assert given
    return BedrockGuardrail(client, given)


@pytest.mark.parametrize(("output", "source"), [(False, "INPUT"), (True, "OUTPUT")])
def test_what_it_does_not_mind_may_go_on(server: FakeGuardrail, output: bool, source: str) -> None:
    assert guardrail(server.url).objections("a ticket", output=output) == ""
    assert server.seen == [(source, "2", "a ticket")]


def test_an_objection_names_the_policy_and_never_the_text(server: FakeGuardrail) -> None:
    assert guardrail(server.url).objections("PWN, please", output=False) == "content PROMPT_ATTACK"


def test_a_long_text_is_read_whole_also_across_the_cuts(server: FakeGuardrail) -> None:
    assert guardrail(server.url).objections("a" * (LONGEST - 1) + "PWN" + "b" * LONGEST, output=False)
    assert guardrail(server.url).objections("a" * 3 * LONGEST + "PWN", output=False)
    assert all(len(text) <= LONGEST for _, _, text in server.seen)


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("ThrottlingException", 429, VendorUnavailable),
        ("InternalServerException", 500, VendorUnavailable),
        ("AccessDeniedException", 403, VendorRefused),
        ("ResourceNotFoundException", 404, VendorRefused),
        ("ServiceQuotaExceededException", 400, VendorRefused),
    ],
)
def test_an_error_is_never_silence(server: FakeGuardrail, name: str, status: int, error: type[Exception]) -> None:
    server.errors.append((name, status))

    with pytest.raises(error, match=name):
        guardrail(server.url).objections("fine", output=False)


def test_no_answer_is_no_consent() -> None:
    with pytest.raises(VendorUnavailable):
        guardrail("http://127.0.0.1:9").objections("fine", output=False)


def test_a_guardrail_that_is_not_there_is_refused_with_the_remedy(server: FakeGuardrail) -> None:
    with pytest.raises(VendorRefused, match="MODEL_GUARDRAIL"):
        guardrail(server.url, "other:1").objections("fine", output=False)


def test_an_arn_is_taken_whole() -> None:
    arn = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc"

    assert Named.read(f"{arn}:DRAFT") == Named(arn, "DRAFT")


def test_without_the_setting_there_is_none() -> None:
    assert configured("") is None
