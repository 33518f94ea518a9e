"""Nothing that was lost stays lost, and nothing is done twice: the sweep and incidents on the whole stack."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from ferry.domain.incident import fingerprint, ticket_label
from local.standins.jira.shapes import account_id
from tests.stack.journey import Journey, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
FERRY = account_id("ferry@standin.example")


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with running(tmp_path_factory.mktemp("checkout"), JIRA_OWN_ACCOUNT=FERRY) as journey:
        yield journey


def sweep(journey: Journey, **input: Any) -> list[dict[str, Any]]:
    """Run one sweep to its end; what each mend found."""
    states = journey.stack.clients("stepfunctions")
    machine = journey.peers.info["state_machines"]["sweep"]
    started = states.start_execution(stateMachineArn=machine, name=uuid.uuid4().hex, input=json.dumps(input))

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = states.describe_execution(executionArn=started["executionArn"])
        return found if found["status"] != "RUNNING" else None

    told = journey.until(ended, 60)
    assert told["status"] == "SUCCEEDED", told
    mends: list[dict[str, Any]] = json.loads(told["output"])["mends"]
    return mends


def found(mends: list[dict[str, Any]], name: str) -> int:
    return next(int(one["mended"]) for one in mends if one["mend"] == name)


def alert(journey: Journey, **given: Any) -> dict[str, Any]:
    answer = requests.post(f"{journey.peers.info['sentry']}/_standin/alert", json=given, timeout=20)
    said: dict[str, Any] = answer.json()
    return said


def jira(journey: Journey, path: str) -> Any:
    login = ("ferry@standin.example", journey.peers.info["secrets"]["jira_token"])
    return requests.get(journey.peers.info["jira"] + path, auth=login, timeout=10).json()


def tickets(journey: Journey, issue: str) -> list[str]:
    jql = f'labels = "{ticket_label(fingerprint(issue))}"'
    return [one["key"] for one in jira(journey, f"/rest/api/3/search/jql?jql={jql}&fields=summary")["issues"]]


def test_an_alert_becomes_one_ticket_and_one_task_however_often_it_comes(journey: Journey) -> None:
    alert(journey, events=20, deliver=False)
    with ThreadPoolExecutor(8) as pool:
        swept = [pool.submit(sweep, journey) for _ in range(2)]
        issue = str([said["issue_id"] for said in pool.map(lambda _: alert(journey), range(5))][0])
        for one in swept:
            one.result()

    [key] = journey.until(lambda: tickets(journey, issue), 60)
    task = journey.started(key)
    sweep(journey)

    assert tickets(journey, issue) == [key]
    assert [one for one in journey.tasks() if one.startswith(f"{key}-")] == [task]
    ticket = jira(journey, f"/rest/api/3/issue/{key}")["fields"]
    assert set(ticket["labels"]) == {"AI", "sentry-auto", ticket_label(fingerprint(issue))}
    assert ticket["creator"]["accountId"] == FERRY
    assert "acme_pricing/tax.py" in json.dumps(ticket["description"])
    url = f"{journey.peers.info['sentry']}/organizations/acme/issues/{issue}/"
    journey.until(
        lambda: [link["object"]["url"] for link in jira(journey, f"/rest/api/3/issue/{key}/remotelink")] == [url], 20
    )
    told = [message["text"] for message in journey.messages() if "was opened for" in message["text"]]
    assert len(told) == 1
    headers = {"Authorization": f"Bearer {journey.peers.info['secrets']['sentry_token']}"}
    comments = f"{journey.peers.info['sentry']}/api/0/organizations/acme/issues/{issue}/comments/"
    assert len(requests.get(comments, headers=headers, timeout=10).json()) == 1
    journey.decide(task, "reject")
    journey.reach(task, "rejected")


def test_an_alert_under_its_threshold_does_nothing(journey: Journey) -> None:
    said = alert(journey, title="ValueError: seen once", culprit="elsewhere")

    receipt = journey.until(lambda: journey.peers.receipt(json.loads(said["body"])["delivery_id"]), 20)

    assert receipt["outcome"] == "ignored"
    assert "was seen once in 24 hours; the level error counts from 10" in receipt["reason"]
    assert found(sweep(journey), "incidents") == 0
    assert tickets(journey, said["issue_id"]) == []
