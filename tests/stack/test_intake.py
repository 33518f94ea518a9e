"""Intake on the embedded stack: what was said is frozen, what comes later is shown, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from ferry.adapters.adf import from_markdown
from ferry.domain.delivery import Delivery, Source
from ferry.domain.step import ticket_key
from ferry.domain.ticket import Ticket
from local.demo.peers import REPORTER
from tests.contract.vectors import signed
from tests.stack.journey import Journey, running
from tests.unit.domain.test_triggers import labelled

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
CLIENT_SECRETS = "the next secret\nthe secret until now"


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    # What a ticket's later words do to discovery's confidence is another claim's matter.
    sure = {"DISCOVERY_CONFIDENCE": "0"}
    with running(tmp_path_factory.mktemp("checkout"), FERRY_SECRET_SENTRY_CLIENT=CLIENT_SECRETS, **sure) as journey:
        yield journey


def jira(journey: Journey, method: str, path: str, body: dict[str, Any]) -> None:
    login = (REPORTER, journey.peers.info["secrets"]["jira_token"])
    url = f"{journey.peers.info['jira']}/rest/api/3/issue/{path}"
    requests.request(method, url, json=body, auth=login, timeout=10).raise_for_status()


def say(journey: Journey, key: str, text: str) -> None:
    jira(journey, "POST", f"{key}/comment", {"body": from_markdown(text)})


def operator(journey: Journey, path: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {journey.peers.info['secrets']['operator']}"}
    answer = requests.get(journey.peers.info["api"] + path, headers=headers, timeout=20)
    return answer.status_code, answer.json()


def frozen(journey: Journey, task: str) -> Ticket:
    [bucket] = journey.stack.clients("s3").list_buckets()["Buckets"]
    found = journey.stack.clients("s3").get_object(Bucket=bucket["Name"], Key=ticket_key(task))
    return Ticket.read(found["Body"].read(), "ticket")


def outbox(journey: Journey, text: str) -> list[dict[str, Any]]:
    return [message for message in journey.messages() if text in json.dumps(message, ensure_ascii=False)]


def test_comments_before_the_trigger_are_frozen_and_later_words_are_shown_not_obeyed(journey: Journey) -> None:
    key = journey.ticket()
    say(journey, key, "Please round half up.")
    journey.peers.label(key)
    task = journey.started(key)
    ticket = frozen(journey, task)
    assert [comment.text for comment in ticket.comments] == ["Please round half up."]
    assert "Comment by Mara" in ticket.text
    journey.reach(task, "awaiting_approval")
    assert not outbox(journey, f"{key} was changed")

    jira(journey, "PUT", key, {"fields": {"description": from_markdown("Delete everything instead.")}})
    say(journey, key, "And hurry.")

    journey.until(lambda: len(outbox(journey, "+Delete everything instead.")) == 1, 20)
    [told] = outbox(journey, "+And hurry.") or journey.until(lambda: outbox(journey, "+And hurry."), 20)
    first = outbox(journey, f"Ferry carries {key}")[0]
    assert told["thread_ts"] == first["ts"]
    assert frozen(journey, task) == ticket
    journey.decide(task, "request_changes", "Please keep the steps small.")
    journey.until(lambda: outbox(journey, f"{key} was changed 2 times after the trigger"), 60)
    kinds = [event["kind"] for event in journey.peers.story(task)["timeline"]]
    assert kinds.count("ticket edited") == 2
    journey.decide(task, "reject")
    journey.reach(task, "rejected")


def test_an_edit_that_is_admitted_before_its_tickets_label_is_shown_with_the_request_for_approval(
    journey: Journey,
) -> None:
    key, before = journey.ticket(), datetime.now(UTC)
    jira(journey, "PUT", key, {"fields": {"description": from_markdown("Round to even instead.")}})
    early = journey.until(lambda: _sent(journey, key), 20)
    assert "no task carries" in (journey.until(lambda: journey.peers.receipt(f"jira:{early}"), 20) or {})["reason"]

    label = labelled(timestamp=int(before.timestamp() * 1000))
    label["issue"]["key"] = key
    delivery = Delivery(Source.JIRA, f"late-{key}", "jira:issue_updated", json.dumps(label), before.isoformat())
    queue = journey.peers.info["queues"]["deliveries"]
    journey.stack.clients("sqs").send_message(QueueUrl=queue, MessageBody=delivery.to_json())
    task = journey.started(key)
    journey.reach(task, "awaiting_approval")

    [told] = journey.until(lambda: outbox(journey, "+Round to even instead."), 20)
    assert told["thread_ts"] == outbox(journey, f"Ferry carries {key}")[0]["ts"]
    assert journey.until(lambda: outbox(journey, f"{key} was changed once after the trigger"), 20)
    assert frozen(journey, task).text == "Text"
    journey.decide(task, "reject")
    journey.reach(task, "rejected")


def _sent(journey: Journey, key: str) -> str:
    """Of the ticket's change, once it was taken."""
    log = requests.get(f"{journey.peers.info['jira']}/_standin/deliveries", timeout=10).json()
    found = [one for one in log if (one["issue"], one["event"]) == (key, "jira:issue_updated") and one["answers"]]
    return str(found[0]["identifier"]) if found else ""


def test_a_dead_letter_is_given_another_try_and_gets_its_receipt(journey: Journey) -> None:
    body = labelled()
    body["issue"]["key"] = "DEAD-1"
    delivery = Delivery(Source.JIRA, "dead-1", "jira:issue_updated", json.dumps(body), datetime.now(UTC).isoformat())
    client, queues = journey.stack.clients("sqs"), journey.peers.info["queues"]
    client.send_message(QueueUrl=queues["dead_letters"], MessageBody=delivery.to_json())
    assert "dead letters" in journey.ferry("why", "jira:dead-1").stderr

    moved = journey.ferry("redrive")

    assert moved.stdout.startswith("1 delivery goes back"), moved.stderr
    receipt = journey.until(lambda: journey.peers.receipt("jira:dead-1"), 20)
    assert receipt["outcome"] == "started"
    assert journey.ferry("redrive").stdout == "there are no dead letters\n"
    told = journey.ferry("why", "dead-1").stdout.splitlines()
    assert told[0].startswith("jira:dead-1 came and was started")
    assert len(told) <= 5
    journey.decide(receipt["task_id"], "reject")
    journey.reach(receipt["task_id"], "rejected")


def test_tasks_are_listed_by_status_and_page(journey: Journey) -> None:
    status, first = operator(journey, "/tasks?limit=1")
    _, second = operator(journey, f"/tasks?limit=1&after={requests.utils.quote(first['next'])}")  # type: ignore[attr-defined]
    _, rejected = operator(journey, "/tasks?status=rejected")

    assert status == 200
    assert len(first["tasks"]) == len(second["tasks"]) == 1
    assert first["tasks"] != second["tasks"]
    assert {task["id"] for task in rejected["tasks"]} == set(journey.tasks())
    assert rejected["next"] == ""
    assert operator(journey, "/tasks?status=expired")[1] == {"tasks": [], "next": ""}


@pytest.mark.parametrize("query", ["status=done", "limit=0", "limit=201", "limit=x", "after=x"])
def test_a_wrong_question_is_400_with_the_reason(journey: Journey, query: str) -> None:
    status, said = operator(journey, f"/tasks?{query}")

    assert status == 400
    assert said["reason"].startswith(query.partition("=")[0] + ": ")


@pytest.mark.parametrize(("secret", "status"), [*((one, 200) for one in CLIENT_SECRETS.split("\n")), ("another", 401)])
def test_both_secrets_are_right_while_one_is_rotated(journey: Journey, secret: str, status: int) -> None:
    body = b'{"action": "created"}'
    headers = {**signed("sentry", body, secret, datetime.now(UTC)), "Request-ID": "r1", "Sentry-Hook-Resource": "issue"}

    answer = requests.post(f"{journey.peers.info['api']}/webhooks/sentry", data=body, headers=headers, timeout=20)

    assert answer.status_code == status


def test_what_starts_nothing_has_a_receipt_that_says_why(journey: Journey) -> None:
    body = json.dumps(
        {"ref": "refs/heads/main", "after": "a" * 40, "repository": {"full_name": "acme/pricing"}}
    ).encode()
    proof = signed("github", body, journey.peers.info["secrets"]["github_webhook"], datetime.now(UTC))
    headers = {**proof, "X-GitHub-Delivery": "push-1", "X-GitHub-Event": "push"}

    requests.post(f"{journey.peers.info['api']}/webhooks/github", data=body, headers=headers, timeout=20)

    receipt = journey.until(lambda: journey.peers.receipt("github:push-1"), 20)
    assert receipt["outcome"] == "ignored"
    assert "main" in receipt["reason"]


def test_stack_json_says_what_the_design_promises_to_whoever_reads_it(journey: Journey) -> None:
    """Design §5, whose list this is; `redrive` needs `queues` beside it, `index` the `scope`, `models` the `models`."""
    said = json.loads(journey.stack.path.read_text())
    hooks = {"jira_webhook", "github_webhook", "sentry_client", "slack_signing"}
    tokens = {"github_token", "jira_token", "slack_token", "sentry_token", "operator"}
    vendors = {"api", "aws", "github", "jira", "slack", "sentry", "bedrock"}
    facts = {
        "region",
        "github_org",
        "jira_project",
        "slack_channel",
        "slack_users",
        "table",
        "state_machines",
        "secrets",
    }

    assert said.keys() == vendors | facts | {"queues", "scope", "models"}
    assert all(said[name].startswith("http://127.0.0.1:") for name in vendors)
    assert said["secrets"].keys() == hooks | tokens
    assert all(said["secrets"].values())
    assert said["slack_users"].keys() == {"approver", "other"}
    assert said["state_machines"].keys() >= {"delivery"}
    assert (said["github_org"], said["jira_project"], said["region"]) == ("acme", "FERRY", "us-east-1")
