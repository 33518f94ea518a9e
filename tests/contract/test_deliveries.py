"""Every payload that the vendors publish: in when rightly signed, out with one bit changed, never an error inside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from ferry.domain.delivery import Delivery, Outcome
from ferry.domain.request import Request
from ferry.usecases.admit import admit
from ferry.usecases.doors import GITHUB, JIRA, SENTRY, SLACK
from ferry.usecases.receive import receive
from ferry.usecases.rules import Rules
from tests.contract.vectors import VECTORS, signed
from tests.template import ROOT
from tests.unit.usecases.conftest import FakeWorld
from tests.unit.usecases.test_receive import FakeQueue

CONTRACTS = ROOT.parent / "shared" / "contracts"
DOORS = {"jira": JIRA, "github": GITHUB, "sentry": SENTRY, "slack": SLACK}
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "s3cret"
RULES = Rules(label="AI", own_account="", approvers=frozenset({"U1"}), max_revisions=3)
ALERTS = ("event_alert.triggered", "event_alert.triggered.with_alert_rule_action", "issue.created")


@dataclass(frozen=True)
class Sent:
    """headers: those that say what it is, beside the signature."""

    name: str
    source: str
    body: bytes
    headers: dict[str, str]


def payloads() -> Iterator[Sent]:
    for path in _files("github/webhooks"):
        yield Sent(path.stem, "github", path.read_bytes(), {"x-github-event": path.stem.partition(".")[0]})
    for path in _files("jira/webhooks"):
        yield Sent(path.stem, "jira", path.read_bytes(), {"x-atlassian-webhook-identifier": path.stem})
    for folder in ("sentry/webhooks-docs", "sentry/webhooks-example-app"):
        for path in _files(folder):
            yield Sent(path.stem, "sentry", path.read_bytes(), {"sentry-hook-resource": path.stem.partition(".")[0]})
    yield from _slack()


def _slack() -> Iterator[Sent]:
    for path in _files("slack/payloads"):
        found = json.loads(path.read_bytes())
        if path.stem == "slash_command_bodies":
            for name, body in found.items():
                yield Sent(f"command.{name}", "slack", body.encode(), {})
        else:
            yield Sent(path.stem, "slack", urlencode({"payload": json.dumps(found)}).encode(), {})
    for name in ("BlockActionPayload", "ViewSubmissionPayload"):
        for path in _files("slack/shapes", f"{name}.json"):
            yield Sent(path.stem, "slack", urlencode({"payload": path.read_text("utf-8")}).encode(), {})


def _files(folder: str, pattern: str = "*.json") -> list[Path]:
    return sorted((CONTRACTS / folder).glob(pattern))


SENT = list(payloads())
ABSENT = pytest.mark.skipif(not SENT, reason="the vendors' payloads lie in ../shared/contracts, which is not here")


def ask(sent: Sent, body: bytes, proof: dict[str, str], queue: FakeQueue) -> tuple[int, dict[str, Any]]:
    request = Request({**sent.headers, **proof}, body, {})
    return receive(request, DOORS[sent.source], secret=lambda: SECRET, queue=queue, now=NOW)


def name(sent: Sent) -> str:
    return f"{sent.source}-{sent.name}"


@ABSENT
def test_all_four_vendors_are_here() -> None:
    assert {sent.source for sent in SENT} == set(DOORS)
    assert len(SENT) > 80


@ABSENT
@pytest.mark.parametrize("sent", SENT, ids=name)
def test_a_vendors_payload_is_accepted_when_rightly_signed(sent: Sent) -> None:
    queue = FakeQueue()

    status, answer = ask(sent, sent.body, signed(sent.source, sent.body, SECRET, NOW), queue)

    told = {} if queue.sent[0].kind == "view_submission" else {"delivery_id": queue.sent[0].name}
    assert (status, answer) == (200, told)
    assert Delivery.from_json(queue.sent[0].to_json()) == queue.sent[0]
    assert queue.sent[0].body.encode() == sent.body


@ABSENT
@pytest.mark.parametrize("sent", SENT, ids=name)
def test_one_changed_bit_anywhere_is_refused(sent: Sent) -> None:
    proof = signed(sent.source, sent.body, SECRET, NOW)
    for at in {0, len(sent.body) // 3, len(sent.body) - 1}:
        changed = sent.body[:at] + bytes([sent.body[at] ^ 1]) + sent.body[at + 1 :]
        queue = FakeQueue()

        assert ask(sent, changed, proof, queue)[0] == 401
        assert not queue.sent


@ABSENT
@pytest.mark.parametrize("sent", SENT, ids=name)
def test_a_vendors_payload_gets_a_receipt_with_a_reason_and_starts_nothing(sent: Sent) -> None:
    queue, world = FakeQueue(), FakeWorld()
    ask(sent, sent.body, signed(sent.source, sent.body, SECRET, NOW), queue)

    receipt = admit(queue.sent[0], world, RULES)

    if sent.source == "sentry" and sent.name in ALERTS:  # looked up, and the tracker of this world knows no issue
        assert (receipt.outcome, receipt.reason[:18]) == (Outcome.REJECTED, "NotFound: no issue")
    else:
        assert receipt.outcome is Outcome.IGNORED
    assert len(receipt.reason) > 10
    assert world.store.receipt(receipt.delivery) == receipt
    assert not world.store.tasks()
    assert not world.incidents.executions


@ABSENT
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("push.event", r"only the default branch is indexed|its index is being refreshed"),
        ("installation.created.2", r"the App's installation at \w+: created"),
        ("installation_repositories.added.2", r"1 repositories added, 0 removed"),
        ("issue_comment.created", r"the comment is not on a pull request"),
        ("pull_request_review.submitted", r"the comment does not call Ferry"),
        ("ping.event", r"says hello"),
    ],
)
def test_what_github_tells_gets_a_receipt_that_says_what_it_means_today(kind: str, told: str) -> None:
    [sent] = [sent for sent in SENT if (sent.source, sent.name) == ("github", kind)]
    queue = FakeQueue()
    ask(sent, sent.body, signed("github", sent.body, SECRET, NOW), queue)

    assert re.search(told, admit(queue.sent[0], FakeWorld(), RULES).reason)


@ABSENT
def test_the_published_vectors_are_those_of_our_own_tests() -> None:
    """So that a vector corrected there is corrected here."""
    published = json.loads((CONTRACTS / "signatures" / "vectors.json").read_text("utf-8"))
    ours = {vector.source: vector for vector in VECTORS}

    for source, vector in published.items():
        if source in ours and "signature" in vector:
            assert vector["signature"] in ours[source].headers.values()
