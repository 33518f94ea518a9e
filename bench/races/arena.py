"""Where the races are run: a stack without agents, tasks at the gate, and people (or not) who click."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode

import boto3
import requests
from botocore.config import Config

from bench.seeds import REPO, Seeds
from ferry.domain.approval import Approval, Decision
from ferry.domain.audit import broken
from ferry.domain.task import TaskStatus
from ferry.domain.triggers.slack import button_value
from local.aws.faults import Faults
from local.demo.peers import Peers
from local.stack import Stack
from tests.contract.vectors import signed

PATIENCE = 60.0
GROUP = "S0APPROVE1"
Found = TypeVar("Found")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Arena:
    """faults: what AWS refuses while they are active; dice: seeded."""

    stack: Stack
    faults: Faults
    dice: Random
    seeds: Seeds = field(init=False)
    peers: Peers = field(init=False)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.seeds, self.peers = Seeds(self.stack), Peers(self.stack.info)

    @property
    def approver(self) -> str:
        return str(self.stack.info["slack_users"]["approver"])

    def asked(self, *, repo: str = REPO, branch: str = "", key: str = "") -> Approval:
        """A fresh task that waits for a decision, on a branch of its own."""
        number = next(self._numbers)
        key = key or f"RACE-{number}"
        id = self.seeds.sow(key, 0, resume_from="approve", repo=repo, branch=branch or f"race-{number}")
        return self.newest(id)

    def newest(self, task_id: str, opening: int = 1) -> Approval:
        """The newest request of the task once it has its message and was opened so often."""

        def look() -> Approval | None:
            asked = self.seeds.gate.approvals(task_id)
            ready = asked and asked[-1].message_ref and asked[-1].opening >= opening
            return asked[-1] if ready and self.seeds.gate.token(asked[-1]) else None

        return until(look, f"{task_id} is not put before people")

    def click(self, approval: Approval, verb: str = "approve", **given: str) -> str:
        """The delivery's name. given: user, value, words (beside the button) and trigger in place of the right ones."""
        status, body = self.post(*self.form(approval, verb, **given))
        assert status == requests.codes.ok, f"the click was refused with {status}"
        return str(body["delivery_id"])

    def form(self, approval: Approval, verb: str, **given: str) -> tuple[bytes, datetime]:
        """A click's body, and when it was made."""
        click = {
            "type": "block_actions",
            "trigger_id": given.get("trigger", f"race.{next(self._numbers)}"),
            "user": {"id": given.get("user", self.approver)},
            "channel": {"id": self.stack.info["slack_channel"]},
            "state": {"values": {"feedback": {"text": {"value": given.get("words", "because")}}}},
            "actions": [{"action_id": verb, "value": given.get("value", value_of(approval))}],
        }
        return urlencode({"payload": json.dumps(click)}).encode(), datetime.now(UTC)

    def post(self, body: bytes, at: datetime) -> tuple[int, dict[str, Any]]:
        """Signed as Slack would have at that moment; sent again while our own storage is away, as Slack does."""
        proof = signed("slack", body, self.stack.info["secrets"]["slack_signing"], at)
        for _ in range(20):
            url = f"{self.stack.info['api']}/slack/events"
            answer = requests.post(url, data=body, headers={**FORM, **proof}, timeout=60)
            if answer.status_code < 500:
                return answer.status_code, answer.json() if answer.content else {}
            time.sleep(0.2)
        raise AssertionError("the click was never taken")

    def receipt(self, delivery: str) -> dict[str, Any]:
        return until(lambda: self.peers.receipt(delivery), f"{delivery} has no receipt")

    def reaches(self, task_id: str, *statuses: TaskStatus) -> bool:
        try:
            until(lambda: self.seeds.store.task(task_id).status in statuses, task_id)
        except AssertionError:
            return False
        return True

    def client_of(self, function: str, service: Any) -> Any:
        """Of AWS, with the access key that the function runs with."""
        key = self.stack.runner.function(self.stack.functions[function]).environment["AWS_ACCESS_KEY_ID"]
        session = boto3.session.Session(key, "local", region_name=self.stack.info["region"])
        return session.client(service, endpoint_url=self.stack.info["aws"], config=Config(proxies={}))

    def members(self, *users: str) -> None:
        """Who is in the group that may approve."""
        url = f"{self.stack.info['slack']}/_standin/groups/{GROUP}"
        requests.put(url, json={"users": users}, timeout=30).raise_for_status()

    def entered(self, task_id: str) -> int:
        """How often execution began."""
        return sum(record.kind == "entered" for record in self.seeds.gate.audit(task_id)[0])

    def decisions(self, task_id: str) -> list[Decision]:
        """What people decided, request by request."""
        made = [one.decision for one in self.seeds.gate.approvals(task_id) if one.decided_by]
        return [decision for decision in made if decision]

    def chain(self, task_id: str) -> str:
        """The first broken link of the audit chain."""
        return broken(*self.seeds.gate.audit(task_id))


def value_of(approval: Approval, *, task_id: str = "", id: str = "", digest: str = "") -> str:
    return button_value(task_id or approval.task_id, id or approval.id, digest or approval.digest)


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=10)


def until(look: Callable[[], Found | None], what: str) -> Found:
    """The first answer of `look` that is true."""
    ends = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < ends, what
        time.sleep(0.1)
    return found
