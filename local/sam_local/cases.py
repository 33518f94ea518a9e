"""What must be there before an event, and what must hold after it: one line per event of `events/`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ferry.domain import errors
from ferry.domain.errors import FerryError
from ferry.domain.task import TaskStatus
from local.sam_local.events import SampleEvent
from local.sam_local.seeds import Seeds, Values
from local.sam_local.stage import Stage


class WrongAnswerError(AssertionError):
    """The function answered, but not what it should."""


@dataclass(frozen=True)
class Played:
    """event: as the function was given it; payload: what it answered; values: what had been seeded."""

    sample: SampleEvent
    event: dict[str, Any]
    values: Values
    payload: Any
    stage: Stage


@dataclass(frozen=True)
class Case:
    """seed: makes the values; check: says in a word what it found, or raises WrongAnswerError."""

    seed: Callable[[Seeds], Values]
    check: Callable[[Played], str]


def same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise WrongAnswerError(f"{what} is {found!r}, not {wanted!r}")


def _body(played: Played) -> dict[str, Any]:
    same("statusCode", played.payload.get("statusCode"), 200)
    content: dict[str, Any] = json.loads(played.payload["body"])
    return content


def _queued(played: Played) -> str:
    name = _body(played)["delivery_id"]
    sqs = played.stage.stack.clients("sqs")
    for _ in range(20):
        found = sqs.receive_message(QueueUrl=played.stage.queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        told = [json.loads(message["Body"]) for message in found.get("Messages", ())]
        if any(f"{one['source']}:{one['id']}" == name and one["body"] == played.event["body"] for one in told):
            return "200 queued"
    raise WrongAnswerError(f"{name} is not in the queue")


def _challenged(played: Played) -> str:
    same("challenge", _body(played)["challenge"], json.loads(played.event["body"])["challenge"])
    return "200 challenge"


def _shown(played: Played) -> str:
    shown = _body(played)
    wanted = played.values.get("task_id") or played.values["delivery_id"]
    same("what is shown", (shown.get("task") or {}).get("id") or shown.get("delivery"), wanted)
    return "200 shown"


def _received(outcome: str) -> Callable[[Played], str]:
    def check(played: Played) -> str:
        same("batchItemFailures", played.payload.get("batchItemFailures"), [])
        delivery = json.loads(played.event["Records"][0]["body"])
        receipt = played.stage.world.store.receipt(f"{delivery['source']}:{delivery['id']}")
        same("outcome", str(receipt.outcome), outcome)
        return outcome

    return check


def _started(played: Played) -> str:
    word = _received("started")(played)
    delivery = json.loads(played.event["Records"][0]["body"])
    task = played.stage.world.store.task(
        played.stage.world.store.receipt(f"{delivery['source']}:{delivery['id']}").task_id
    )
    same("execution", played.stage.world.engine.status(task.execution), "RUNNING")
    return word


def _decided(played: Played) -> str:
    _received("decided")(played)
    outcome = played.stage.parking.outcome(played.values["task_id"])
    same("what the machine was told", (outcome.output or {}).get("decision"), "approved")
    return "approved"


def _dispatched(played: Played) -> str:
    agent = played.sample.variant
    same("agent", played.payload.get("agent"), agent)
    outcome = played.stage.parking.outcome(played.values["task_id"])
    same("the agent's request", (outcome.output or {}).get("task_id"), played.values["task_id"])
    return f"{agent} started"


def _asked(played: Played) -> str:
    same("digest", played.payload.get("digest"), played.values["full_digest"])
    [approval] = played.stage.world.store.approvals(played.values["task_id"])
    if not approval.message_ref:
        raise WrongAnswerError("no message was sent to Slack")
    return "asked"


def _watching(played: Played) -> str:
    same("head", played.payload.get("head"), played.values["head"])
    same("status", played.stage.world.store.task(played.values["task_id"]).status, TaskStatus.WATCHING_CI)
    return "watching"


def _ended(status: TaskStatus) -> Callable[[Played], str]:
    def check(played: Played) -> str:
        same("status", played.payload.get("status"), str(status))
        same("the record's status", played.stage.world.store.task(played.values["task_id"]).status, status)
        return str(status)

    return check


def _opened(played: Played) -> str:
    known = played.stage.world.store.error_ticket(played.values["fingerprint"])
    same("ticket", played.payload.get("ticket"), known.ticket if known else "")
    return str(played.payload["ticket"])


def _not_opened(played: Played) -> str:
    same("ticket", played.payload.get("ticket"), "")
    return "told"


def _swept(played: Played) -> str:
    same("mend", played.payload.get("mend"), played.sample.variant)
    return f"{played.payload['mended']} found"


def _answered(played: Played) -> str:
    """An agent's answer is what it tells its token: a result, or an error that the machine knows by name."""
    outcome = played.stage.parking.outcome(played.values["task_id"])
    if outcome.status == "SUCCEEDED":
        return "result"
    known = getattr(errors, outcome.error, None)
    if outcome.status == "FAILED" and isinstance(known, type) and issubclass(known, FerryError):
        return outcome.error
    raise WrongAnswerError(f"the token was told {outcome.status} {outcome.error or '(nothing)'}")


CASES = {
    "jira_webhook.labelled": Case(Seeds.nothing, _queued),
    "jira_webhook.created_with_label": Case(Seeds.nothing, _queued),
    "jira_webhook.commented": Case(Seeds.nothing, _queued),
    "github_webhook.check_suite_completed": Case(Seeds.nothing, _queued),
    "github_webhook.ping": Case(Seeds.nothing, _queued),
    "sentry_webhook.event_alert": Case(Seeds.nothing, _queued),
    "slack_events.approve_click": Case(Seeds.nothing, _queued),
    "slack_events.command": Case(Seeds.nothing, _queued),
    "slack_events.url_verification": Case(Seeds.nothing, _challenged),
    "status_api.delivery": Case(Seeds.receipt, _shown),
    "status_api.task": Case(Seeds.task, _shown),
    "worker.jira_labelled": Case(Seeds.nothing, _started),
    "worker.slack_approve": Case(Seeds.asked, _decided),
    "worker.github_check_suite": Case(Seeds.nothing, _received("ignored")),
    "dispatcher.discovery": Case(Seeds.task, _dispatched),
    "dispatcher.planning": Case(Seeds.task, _dispatched),
    "dispatcher.execution": Case(Seeds.task, _dispatched),
    "dispatcher.cicd": Case(Seeds.planned, _dispatched),
    "approval.request": Case(Seeds.planned, _asked),
    "ci_watch.wait": Case(Seeds.planned, _watching),
    "notifier.finish": Case(Seeds.green, _ended(TaskStatus.SUCCEEDED)),
    "notifier.reject": Case(Seeds.drafted, _ended(TaskStatus.REJECTED)),
    "notifier.expire": Case(Seeds.asked, _ended(TaskStatus.EXPIRED)),
    "notifier.fail": Case(Seeds.task, _ended(TaskStatus.FAILED)),
    "dispatcher.sentry": Case(Seeds.task, _dispatched),
    "incident.open": Case(Seeds.incident, _opened),
    "incident.fail": Case(Seeds.nothing, _not_opened),
    "sweep.tickets": Case(Seeds.nothing, _swept),
    "sentry.step": Case(Seeds.incident, _answered),
    "discovery.step": Case(Seeds.task, _answered),
    "planning.step": Case(Seeds.planned, _answered),
    "execution.step": Case(Seeds.approved, _answered),
    "cicd.step": Case(Seeds.approved, _answered),
}
