"""Ingress: right signatures in, everything else out, and no bytes that make it raise."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.adapters import api_gateway
from ferry.domain.delivery import Delivery
from ferry.domain.errors import MissingSecret, VendorUnavailable
from ferry.domain.request import Request
from ferry.usecases.doors import GITHUB, JIRA, SENTRY, SLACK
from ferry.usecases.receive import LIMIT_BYTES, LIMIT_QUEUED, Answer, Door, receive
from tests.contract.vectors import VECTORS, signed

DOORS = {"jira": JIRA, "github": GITHUB, "sentry": SENTRY, "slack": SLACK}
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "s3cret"


@dataclass
class FakeQueue:
    broken: bool = False
    sent: list[Delivery] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        if self.broken:
            raise VendorUnavailable("SQS SendMessage: no answer")
        self.sent.append(delivery)


def ask(door: Door, body: bytes, headers: Mapping[str, str], queue: FakeQueue, now: datetime = NOW) -> Answer:
    return receive(Request(headers, body, {}), door, secret=lambda: SECRET, queue=queue, now=now)


def deliver(door: Door, body: bytes, queue: FakeQueue, **headers: str) -> Answer:
    return ask(door, body, {**signed(door.source, body, SECRET, NOW), **headers}, queue)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.source)
def test_a_published_vector_is_accepted_and_one_changed_bit_refused(vector) -> None:  # type: ignore[no-untyped-def]
    verify = DOORS[vector.source].verify

    assert verify(vector.headers, vector.body, vector.secret, vector.now)
    assert not verify(vector.headers, bytes([vector.body[0] ^ 1]) + vector.body[1:], vector.secret, vector.now)
    assert not verify(vector.headers, vector.body, vector.secret + "x", vector.now)
    assert not verify({}, vector.body, vector.secret, vector.now)


@pytest.mark.parametrize("source", DOORS)
def test_a_signed_delivery_is_queued_and_named(source: str) -> None:
    queue = FakeQueue()

    status, answer = deliver(DOORS[source], b'{"a": 1}', queue)

    assert status == 200
    assert answer == {"delivery_id": queue.sent[0].name}
    assert queue.sent[0].body == '{"a": 1}'


@pytest.mark.parametrize(
    ("source", "headers", "id"),
    [
        ("jira", {"x-atlassian-webhook-identifier": "J1"}, "jira:J1"),
        ("github", {"x-github-delivery": "G1"}, "github:G1"),
        ("sentry", {"request-id": "S1"}, "sentry:S1"),
    ],
)
def test_the_senders_own_name_survives_its_retries(source: str, headers: dict[str, str], id: str) -> None:
    queue = FakeQueue()

    for _ in range(2):
        deliver(DOORS[source], b"{}", queue, **headers)

    assert [delivery.name for delivery in queue.sent] == [id, id]


def test_a_delivery_without_a_name_is_named_by_its_body() -> None:
    queue = FakeQueue()

    for body in (b"{}", b"{}", b'{"other": 1}'):
        deliver(SENTRY, body, queue)

    first, again, other = (delivery.id for delivery in queue.sent)
    assert first == again != other


@pytest.mark.parametrize("age", [-301, 301])
def test_slack_is_refused_outside_five_minutes(age: int) -> None:
    queue = FakeQueue()
    headers = signed("slack", b"{}", SECRET, NOW)
    later = datetime.fromtimestamp(NOW.timestamp() + age, UTC)

    assert ask(SLACK, b"{}", headers, queue, now=later)[0] == 401
    assert ask(SLACK, b"{}", headers, queue, now=NOW)[0] == 200


@pytest.mark.parametrize("source", DOORS)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_a_json_object_is_refused_with_a_reason(source: str, body: bytes) -> None:
    queue = FakeQueue()

    status, answer = deliver(DOORS[source], body, queue)

    assert status == 400
    assert answer["reason"].startswith("body: ")
    assert not queue.sent


def test_a_body_over_the_limit_is_refused_before_its_signature_is_computed() -> None:
    assert ask(JIRA, b" " * (LIMIT_BYTES + 1), {}, FakeQueue())[0] == 413


def test_a_failed_enqueue_asks_the_sender_to_try_again() -> None:
    assert deliver(JIRA, b"{}", FakeQueue(broken=True))[0] == 503


def test_an_unset_secret_refuses_everybody() -> None:
    def secret() -> str:
        raise MissingSecret("ferry/dev/JiraWebhook has no value")

    status, answer = receive(Request({}, b"{}", {}), JIRA, secret=secret, queue=FakeQueue(), now=NOW)

    assert status == 503
    assert "ferry/dev" not in json.dumps(answer)


def test_slack_is_greeted_with_its_challenge_and_nothing_is_queued() -> None:
    queue = FakeQueue()

    status, answer = deliver(SLACK, b'{"type": "url_verification", "challenge": "c"}', queue)

    assert (status, answer) == (200, {"challenge": "c"})
    assert not queue.sent


def test_a_click_and_a_command_are_queued_as_they_came() -> None:
    queue = FakeQueue()
    click = b"payload=%7B%22type%22%3A%22block_actions%22%2C%22trigger_id%22%3A%22T1%22%7D"
    command = b"command=%2Fagent&text=help&trigger_id=T2"

    assert deliver(SLACK, click, queue)[0] == deliver(SLACK, command, queue)[0] == 200
    assert [(delivery.id, delivery.kind) for delivery in queue.sent] == [("T1", "block_actions"), ("T2", "command")]


@given(
    source=st.sampled_from(sorted(DOORS)),
    body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    headers=st.dictionaries(st.sampled_from(["x-hub-signature", "x-slack-request-timestamp", "request-id"]), st.text()),
    right=st.booleans(),
)
def test_no_bytes_make_ingress_raise(source: str, body: bytes, headers: dict[str, str], right: bool) -> None:
    queue = FakeQueue()
    proof: dict[str, Any] = signed(source, body, SECRET, NOW) if right else {}

    status, answer = ask(DOORS[source], body, {**headers, **proof}, queue)

    assert status in (200, 400, 401)
    assert json.dumps(answer)
    assert len(queue.sent) <= 1


@pytest.mark.parametrize("secret", ["s3cret", "next\ns3cret", "s3cret\nnext\n", "\r\ns3cret\r\n"])
def test_while_a_secret_is_rotated_the_old_and_the_new_are_right(secret: str) -> None:
    headers = signed("jira", b"{}", SECRET, NOW)

    assert receive(Request(headers, b"{}", {}), JIRA, secret=lambda: secret, queue=FakeQueue(), now=NOW)[0] == 200


@pytest.mark.parametrize("secret", ["", "\n", "other", "one\ntwo\ns3cret", "s3cret s3cret"])
def test_no_secret_and_no_third_one_opens_the_door(secret: str) -> None:
    headers = signed("jira", b"{}", SECRET, NOW)

    assert receive(Request(headers, b"{}", {}), JIRA, secret=lambda: secret, queue=FakeQueue(), now=NOW)[0] == 401


def test_an_empty_line_is_no_secret() -> None:
    headers = signed("jira", b"{}", "", NOW)

    assert receive(Request(headers, b"{}", {}), JIRA, secret=lambda: "\n\n", queue=FakeQueue(), now=NOW)[0] == 401


def test_a_long_body_fits_the_queue_and_comes_out_whole() -> None:
    queue = FakeQueue()
    body = json.dumps({"text": "Ferry é " * 300_000}).encode()

    assert deliver(JIRA, body, queue)[0] == 200
    message = queue.sent[0].to_json()
    assert len(message) < LIMIT_QUEUED
    assert Delivery.from_json(message).body.encode() == body


def test_a_body_that_cannot_be_packed_is_refused_by_name() -> None:
    noise = random.Random(7).randbytes(1_500_000).hex()
    queue = FakeQueue()

    status, answer = deliver(JIRA, json.dumps({"text": noise}).encode(), queue)

    assert (status, answer["error"]) == (413, "too large")
    assert not queue.sent


def event(body: str, base64: bool = False, **headers: str) -> dict[str, Any]:
    return {"headers": headers, "body": body, "isBase64Encoded": base64, "pathParameters": None}


@pytest.mark.parametrize("name", ["X-Hub-Signature", "x-hub-signature", "X-HUB-SIGNATURE"])
def test_the_senders_case_of_a_header_does_not_matter(name: str) -> None:
    proof = signed("jira", b"{}", SECRET, NOW)["x-hub-signature"]

    request = api_gateway.request(event("{}", **{name: proof}))

    assert receive(request, JIRA, secret=lambda: SECRET, queue=FakeQueue(), now=NOW)[0] == 200


def test_a_base64_body_is_verified_and_queued_as_its_bytes() -> None:
    body = '{"text": "é"}'.encode()
    proof, queue = signed("jira", body, SECRET, NOW)["x-hub-signature"], FakeQueue()

    request = api_gateway.request(event(b64encode(body).decode(), True, **{"X-Hub-Signature": proof}))

    assert receive(request, JIRA, secret=lambda: SECRET, queue=queue, now=NOW)[0] == 200
    assert queue.sent[0].body == body.decode()


@given(body=st.text(max_size=80), base64=st.booleans(), value=st.none() | st.text(max_size=20))
def test_no_gateway_event_makes_the_envelope_raise_anything_but_a_named_fault(
    body: str, base64: bool, value: Any
) -> None:
    try:
        request = api_gateway.request(event(body, base64, **{"X-Hub-Signature": value}))
    except ValueError:
        return  # the door answers 400 to it
    assert receive(request, JIRA, secret=lambda: SECRET, queue=FakeQueue(), now=NOW)[0] in (400, 401)
