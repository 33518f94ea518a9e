"""The four vendors: their bodies (from `events/`), their signatures, and that they send again what was not taken."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import requests

from bench.seeds import REPO
from bench.storm.schedule import Sending, Trigger
from ferry.domain.approval import Approval
from ferry.domain.triggers.slack import button_value
from tests.contract.vectors import signed
from tests.template import ROOT

ROUTES = {
    "jira": "/webhooks/jira",
    "github": "/webhooks/github",
    "sentry": "/webhooks/sentry",
    "slack": "/slack/events",
}
SECRETS = {"jira": "jira_webhook", "github": "github_webhook", "sentry": "sentry_client", "slack": "slack_signing"}
GITHUB_KINDS = ("check_suite", "check_run", "workflow_run")
TRIES = 20


class Senders:
    """info: stack.json; approvals, errors (Sentry's ids of them): by the trigger's name; head: the commit whose checks
    GitHub tells about."""

    def __init__(
        self, info: Mapping[str, Any], approvals: Mapping[str, Approval], errors: Mapping[str, str], head: str
    ) -> None:
        self.answered: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        self._info = info
        self._approvals = approvals
        self._errors = errors
        self._head = head
        self._bodies = {"jira": _sample("jira_webhook.labelled"), "sentry": _sample("sentry_webhook.event_alert")}

    def send(self, sending: Sending) -> None:
        """Until it is taken; AssertionError when it is refused, or still not taken after many tries."""
        source = sending.trigger.source
        time.sleep(sending.delay)
        body, headers = self._request(sending)
        for attempt in range(TRIES):
            status = self._post(source, body, headers)
            if status < 500:
                assert status == 200, f"{sending.delivery} was refused with {status}"
                self.answered[source] += 1
                return
            self.again[source] += 1
            time.sleep(0.1 * (attempt + 1))
        raise AssertionError(f"{sending.delivery} was never taken")

    def _post(self, source: str, body: bytes, headers: Mapping[str, str]) -> int:
        proof = signed(source, body, self._info["secrets"][SECRETS[source]], datetime.now(UTC))
        url = self._info["api"] + ROUTES[source]
        return requests.post(url, data=body, headers={**headers, **proof}, timeout=60).status_code

    def _request(self, sending: Sending) -> tuple[bytes, dict[str, str]]:
        trigger, id = sending.trigger, sending.id
        match trigger.source:
            case "jira":
                body = {**self._bodies["jira"], "issue": {**self._bodies["jira"]["issue"], "key": trigger.name}}
                return _json(body), {"X-Atlassian-Webhook-Identifier": id}
            case "github":
                kind = GITHUB_KINDS[trigger.choice % 3]
                return _json(self._finished(kind, trigger)), {"X-GitHub-Delivery": id, "X-GitHub-Event": kind}
            case "sentry":
                headers = {"Request-ID": id, "Sentry-Hook-Resource": "event_alert"}
                return _json(_alert(self._bodies["sentry"], self._errors[trigger.name])), headers
            case _:
                return urlencode(self._slack(sending)).encode(), {"Content-Type": "application/x-www-form-urlencoded"}

    def _finished(self, kind: str, trigger: Trigger) -> dict[str, Any]:
        pulls = [{"number": number_of(trigger)}]
        about = {
            "id": 1,
            "head_sha": self._head,
            "status": "completed",
            "conclusion": "failure",
            "pull_requests": pulls,
        }
        return {"action": "completed", kind: about, "repository": {"full_name": REPO}}

    def _slack(self, sending: Sending) -> dict[str, str]:
        """Half of the triggers are clicks, the other half commands: all deliveries of one say the same."""
        trigger, approval = sending.trigger, self._approvals[sending.trigger.name]
        verb = decision_of(trigger)
        user, channel = self._info["slack_users"]["approver"], self._info["slack_channel"]
        if trigger.choice % 2:
            common = {"command": "/agent", "user_id": user, "channel_id": channel}
            return {**common, "text": f"{verb} {approval.task_id}", "trigger_id": sending.id}
        value = button_value(approval.task_id, approval.id, approval.digest)
        click = {
            "type": "block_actions",
            "trigger_id": sending.id,
            "user": {"id": user},
            "channel": {"id": channel},
            "actions": [{"action_id": verb, "value": value}],
        }
        return {"payload": json.dumps(click)}


def decision_of(trigger: Trigger) -> str:
    return "approve" if trigger.choice % 3 else "reject"


def number_of(trigger: Trigger) -> int:
    """Of the trigger's pull request."""
    return 10_000 + int(trigger.name.rpartition("-")[2])


def _alert(sample: dict[str, Any], error: str) -> dict[str, Any]:
    return {**sample, "data": {**sample["data"], "event": {**sample["data"]["event"], "issue_id": error}}}


def _sample(name: str) -> dict[str, Any]:
    event = json.loads((ROOT / "events" / f"{name}.json").read_text())
    body: dict[str, Any] = json.loads(event["body"])
    return body


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body).encode()
