"""The whole way of a ticket, through the shipped template, over HTTP; only the model's words are scripted."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from ferry.domain.task import Event
from ferry.domain.timeline import first_broken
from tests.contract.vectors import signed
from tests.stack.journey import Journey, running
from tests.unit.domain.test_triggers import labelled

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
ENDS = ("succeeded", "rejected", "expired", "escalated", "failed")


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with running(tmp_path_factory.mktemp("checkout"), APPROVAL_TIMEOUT_SECONDS="20") as journey:
        yield journey


def post(journey: Journey, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
    answer = requests.post(journey.peers.info["api"] + path, data=body, headers=headers, timeout=20)
    return answer.status_code, answer.json()


def test_a_ticket_becomes_green_pull_requests_after_feedback_and_approval(journey: Journey) -> None:
    task = journey.start()
    assert journey.decide(task, "request_changes", "Please keep the steps small.")["outcome"] == "decided"
    journey.until(lambda: journey.peers.story(task)["task"]["revision"] == 2, 60)
    assert journey.decide(task, "approve")["outcome"] == "decided"

    story = journey.reach(task, *ENDS, seconds=150)

    assert story["task"]["status"] == "succeeded", story["task"]["detail"]
    pulls = story["pull_requests"]
    assert [pull["repo"] for pull in pulls] == ["acme/pricing", "acme/checkout"]
    for pull in pulls:
        seen = journey.peers.pull(pull["repo"], pull["number"])
        assert not seen["draft"]
        assert journey.peers.green(pull["repo"], seen["head"]["sha"])
        paths = {file["filename"] for file in journey.peers.files(pull["repo"], pull["number"])}
        assert "PLAN.md" not in paths
        assert any(path.startswith("tests/") for path in paths)
    assert [pull["ci"] for pull in pulls] == ["passed", "passed"]


def test_the_ledger_is_what_the_model_was_paid(journey: Journey) -> None:
    story = next(story for story in map(journey.peers.story, journey.tasks()) if story["task"]["status"] == "succeeded")
    calls = requests.get(f"{journey.peers.info['bedrock']}/_standin/calls", timeout=10).json()["agents"]

    entries = story["ledger"]

    assert {entry["step"] for entry in entries} == {"discovery", "planning", "execution"}
    mine = [entry["usage"] for entry in entries if entry["step"] == "execution"]
    assert sum(usage["input"] for usage in mine) == calls["execution"]["inputTokens"]
    assert sum(usage["output"] for usage in mine) == calls["execution"]["outputTokens"]
    assert story["micro_dollars"] == sum(entry["micro_dollars"] for entry in entries) > 0


def test_a_red_ci_was_mended_by_its_own_formatter_and_the_pull_request_tells_it(journey: Journey) -> None:
    story = next(story for story in map(journey.peers.story, journey.tasks()) if story["task"]["status"] == "succeeded")

    pull = next(pull for pull in story["pull_requests"] if pull["repo"] == "acme/checkout")

    assert [entry["cause"] for entry in pull["history"]] == ["format", ""]
    assert pull["history"][0]["tried"].startswith("`ruff format .` changed ")
    assert [event["kind"] for event in story["timeline"]].count("ci failed") == 1
    body = journey.peers.pull(pull["repo"], pull["number"])["body"]
    assert body.count("### CI history") == 1
    assert f"fixed in {pull['head'][:7]}" in body


def test_the_timeline_is_an_unbroken_chain_and_carries_no_token(journey: Journey) -> None:
    for task in journey.tasks():
        story = journey.peers.story(task)
        assert first_broken([Event.read(line, "event") for line in story["timeline"]]) is None
        assert "token" not in json.dumps([story["approvals"], story["timeline"], story["pull_requests"]]).lower()


def test_a_rejection_closes_the_drafts_and_deletes_the_branches(journey: Journey) -> None:
    task = journey.start()

    journey.decide(task, "reject", "not this quarter")

    story = journey.reach(task, "rejected")
    for pull in story["pull_requests"]:
        assert journey.peers.pull(pull["repo"], pull["number"])["state"] == "closed"
        assert journey.github(f"/repos/{pull['repo']}/branches/{pull['branch']}")["message"] == "Branch not found"


def test_silence_expires_and_one_command_asks_again(journey: Journey) -> None:
    task = journey.start()

    story = journey.reach(task, "expired")

    assert {approval["decision"] for approval in story["approvals"]} == {"expired"}
    assert all(journey.peers.pull(pull["repo"], pull["number"])["state"] == "open" for pull in story["pull_requests"])
    assert not has_buttons(journey, story["approvals"][0])
    resumed = journey.ferry("resume", task)
    assert resumed.returncode == 0, resumed.stderr
    assert journey.decide(task, "reject")["outcome"] == "decided"
    journey.reach(task, "rejected")


def has_buttons(journey: Journey, approval: dict[str, Any]) -> bool:
    sent_at = approval["message_ref"].partition(":")[2]
    [message] = [message for message in journey.messages() if message["ts"] == sent_at]
    return any(block["type"] == "actions" for block in message["blocks"])


def test_a_signed_request_from_outside_starts_a_task_once(journey: Journey) -> None:
    key = f"OUT-{uuid.uuid4().hex[:4]}"
    body = labelled()
    body["issue"]["key"] = key
    raw = json.dumps(body).encode()
    proof = signed("jira", raw, journey.peers.info["secrets"]["jira_webhook"], datetime.now(UTC))
    headers = {"X-Hub-Signature": proof["x-hub-signature"], "X-Atlassian-Webhook-Identifier": key}

    answers = [post(journey, "/webhooks/jira", raw, **headers) for _ in range(3)]

    assert answers == [(200, {"delivery_id": f"jira:{key}"})] * 3
    task = journey.started(key)
    receipt = journey.until(lambda: journey.peers.receipt(f"jira:{key}"), 20)
    assert (receipt["outcome"], receipt["task_id"]) == ("started", task)
    assert [task for task in journey.tasks() if task.startswith(key)] == [task]


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        pytest.param("/webhooks/jira", b"{}", {}, 401, id="no signature"),
        pytest.param("/webhooks/jira", b"{}", {"X-Hub-Signature": "sha256=" + "0" * 64}, 401, id="wrong signature"),
        pytest.param("/webhooks/github", b"{}", {}, 401, id="github without a signature"),
        pytest.param("/webhooks/sentry", b"{}", {}, 401, id="sentry without a signature"),
        pytest.param("/slack/events", b"payload=%7B%7D", {}, 401, id="slack without a signature"),
        pytest.param("/webhooks/jira", b" " * 7_000_000, {}, 413, id="too large"),
        pytest.param("/webhooks/gitlab", b"{}", {}, 404, id="no such route"),
    ],
)
def test_bad_input_is_answered_in_json_with_a_reason(
    journey: Journey, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answered, said = post(journey, path, body, **headers)

    assert answered == status
    assert set(said) == {"error", "reason"}
    assert "Traceback" not in said["reason"]


def test_signed_nonsense_is_400(journey: Journey) -> None:
    secret = journey.peers.info["secrets"]["jira_webhook"]
    proof = signed("jira", b"{broken", secret, datetime.now(UTC))

    status, said = post(journey, "/webhooks/jira", b"{broken", **{"X-Hub-Signature": proof["x-hub-signature"]})

    assert (status, said["reason"]) == (400, "body: is not JSON in UTF-8")


def test_the_status_api_is_closed_without_the_operators_token(journey: Journey) -> None:
    task = journey.tasks()[0]

    refused = requests.get(f"{journey.peers.info['api']}/tasks/{task}", timeout=10)
    missing = requests.get(
        f"{journey.peers.info['api']}/tasks/none",
        headers={"authorization": f"Bearer {journey.peers.info['secrets']['operator']}"},
        timeout=10,
    )

    assert (refused.status_code, missing.status_code) == (401, 404)
    assert "no task none" in missing.json()["reason"]


@pytest.mark.parametrize(
    ("function", "status"),
    [("DiscoveryAgent", "discovering"), ("PlanningAgent", "planning")],
)
def test_a_killed_agent_is_started_again(journey: Journey, function: str, status: str) -> None:
    task = journey.start()
    journey.reach(task, status)

    killed = journey.until(lambda: journey.stack.kill(function), 10)

    assert killed
    story = journey.reach(task, "awaiting_approval", seconds=60)
    for pull in story["pull_requests"]:
        drafts = journey.github(f"/repos/{pull['repo']}/pulls?head=acme:{pull['branch']}")
        assert [draft["number"] for draft in drafts] == [pull["number"]]
    journey.decide(task, "reject")
    journey.reach(task, "rejected")


@pytest.mark.slow
def test_agents_killed_while_they_write_go_on_where_they_were(journey: Journey) -> None:
    task = journey.start()
    journey.decide(task, "approve")
    journey.until(lambda: "committed" in json.dumps(journey.peers.story(task)["timeline"]), 60)
    assert journey.stack.kill("ExecutionAgent")
    journey.reach(task, "fixing_ci", seconds=120)
    journey.stack.kill("CicdAgent")

    story = journey.reach(task, *ENDS, seconds=90)

    assert story["task"]["status"] == "succeeded", story["task"]["detail"]
    for pull in story["pull_requests"]:
        commits = journey.github(f"/repos/{pull['repo']}/commits?sha={pull['branch']}")
        subjects = [commit["commit"]["message"].splitlines()[0] for commit in commits]
        assert len(subjects) == len(set(subjects)), "a piece of work was committed twice"


def test_a_killed_worker_loses_no_delivery(journey: Journey) -> None:
    key = journey.ticket()
    journey.peers.label(key)
    journey.until(lambda: journey.stack.kill("WorkerFunction"), 10)

    task = journey.started(key)

    journey.decide(task, "reject")
    assert journey.reach(task, "rejected")["task"]["run"] == 1


@pytest.mark.parametrize("function", ["DispatcherFunction", "ApprovalFunction", "NotifierFunction"])
def test_killed_functions_around_the_machine_end_in_a_retry(journey: Journey, function: str) -> None:
    journey.stack.kill(function)
    task = journey.start()
    journey.stack.kill(function)

    journey.decide(task, "reject")
    journey.stack.kill(function)

    assert journey.reach(task, "rejected")["task"]["status"] == "rejected"


def test_github_away_for_a_moment_is_waited_for(journey: Journey) -> None:
    journey.fault("github", method="POST", path_regex="/pulls$", status=500, times=2)
    journey.fault("github", method="GET", path_regex="/tarball/", status=429, times=1, retry_after=1)
    task = journey.start()

    journey.decide(task, "reject")

    assert journey.reach(task, "rejected")


def test_a_refusal_is_a_named_failure_and_the_task_can_go_on(journey: Journey) -> None:
    journey.fault("github", method="POST", path_regex="acme/checkout/pulls$", status=422, times=1)
    task = journey.start()
    story = journey.reach(task, "failed")
    assert story["task"]["detail"].startswith("VendorRefused: ")
    assert story["task"]["resume_from"] == "plan"
    assert [pull["repo"] for pull in story["pull_requests"]] == ["acme/pricing"]

    assert journey.ferry("resume", task).returncode == 0

    journey.decide(task, "reject")
    assert journey.reach(task, "rejected")


def test_a_model_that_is_refused_is_a_named_failure(journey: Journey) -> None:
    journey.fault("bedrock", error="AccessDeniedException", times=1, agent="planning")
    task = journey.start()

    story = journey.reach(task, "failed")

    assert story["task"]["detail"].startswith("VendorRefused: ")
    assert story["task"]["resume_from"] == "plan"
