"""What must hold after an event: each check says in a word what it found, or raises WrongAnswerError."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ferry.domain import errors
from ferry.domain.errors import FerryError
from ferry.domain.task import TaskStatus
from local.sam_local.events import SampleEvent
from local.sam_local.seeds import Values
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


def same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise WrongAnswerError(f"{what} is {found!r}, not {wanted!r}")


def _body(played: Played) -> dict[str, Any]:
    same("statusCode", played.payload.get("statusCode"), 200)
    content: dict[str, Any] = json.loads(played.payload["body"])
    return content


def queued(played: Played) -> str:
    name = _body(played)["delivery_id"]
    sqs = played.stage.stack.clients("sqs")
    for _ in range(20):
        found = sqs.receive_message(QueueUrl=played.stage.queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        told = [json.loads(message["Body"]) for message in found.get("Messages", ())]
        if any(f"{one['source']}:{one['id']}" == name and one["body"] == played.event["body"] for one in told):
            return "200 queued"
    raise WrongAnswerError(f"{name} is not in the queue")


def challenged(played: Played) -> str:
    same("challenge", _body(played)["challenge"], json.loads(played.event["body"])["challenge"])
    return "200 challenge"


def shown(played: Played) -> str:
    shown = _body(played)
    wanted = played.values.get("task_id") or played.values["delivery_id"]
    same("what is shown", (shown.get("task") or {}).get("id") or shown.get("delivery"), wanted)
    return "200 shown"


def listed(played: Played) -> str:
    listed = [task["id"] for task in _body(played)["tasks"]]
    if played.values["task_id"] not in listed:
        raise WrongAnswerError(f"{played.values['task_id']} is not among {listed}")
    return "200 listed"


def received(outcome: str) -> Callable[[Played], str]:
    def check(played: Played) -> str:
        same("batchItemFailures", played.payload.get("batchItemFailures"), [])
        delivery = json.loads(played.event["Records"][0]["body"])
        receipt = played.stage.world.store.receipt(f"{delivery['source']}:{delivery['id']}")
        same("outcome", str(receipt.outcome), outcome)
        return outcome

    return check


def started(played: Played) -> str:
    word = received("started")(played)
    delivery = json.loads(played.event["Records"][0]["body"])
    task = played.stage.world.store.task(
        played.stage.world.store.receipt(f"{delivery['source']}:{delivery['id']}").task_id
    )
    same("execution", played.stage.world.engine.status(task.execution), "RUNNING")
    return word


def decided(played: Played) -> str:
    received("decided")(played)
    outcome = played.stage.parking.outcome(played.values["task_id"])
    same("what the machine was told", (outcome.output or {}).get("decision"), "approved")
    return "approved"


def dispatched(played: Played) -> str:
    agent = played.sample.variant
    same("agent", played.payload.get("agent"), agent)
    outcome = played.stage.parking.outcome(played.values["task_id"])
    same("the agent's request", (outcome.output or {}).get("task_id"), played.values["task_id"])
    return f"{agent} started"


def asked(played: Played) -> str:
    same("state", played.payload.get("state"), "waiting")
    [approval] = played.stage.world.gate.approvals(played.values["task_id"])
    if not approval.message_ref:
        raise WrongAnswerError("no message was sent to Slack")
    return "asked"


def told(field: str, value: str) -> Callable[[Played], str]:
    """Somebody decided before the machine waited, so it is told at once."""

    def check(played: Played) -> str:
        outcome = played.stage.parking.outcome(played.values["task_id"])
        same("what the machine was told", (outcome.output or {}).get(field), value)
        return "told"

    return check


def inquired(played: Played) -> str:
    [inquiry] = played.stage.world.gate.inquiries(played.values["task_id"])
    if not inquiry.message_ref:
        raise WrongAnswerError("no message was sent to Slack")
    return "asked"


def says(field: str, value: str) -> Callable[[Played], str]:
    def check(played: Played) -> str:
        same(field, played.payload.get(field), value)
        return value

    return check


def watching(played: Played) -> str:
    same("head", played.payload.get("head"), played.values["head"])
    same("status", played.stage.world.store.task(played.values["task_id"]).status, TaskStatus.WATCHING_CI)
    return "watching"


def ended(status: TaskStatus) -> Callable[[Played], str]:
    def check(played: Played) -> str:
        same("status", played.payload.get("status"), str(status))
        same("the record's status", played.stage.world.store.task(played.values["task_id"]).status, status)
        return str(status)

    return check


def opened(played: Played) -> str:
    known = played.stage.world.store.error_ticket(played.values["fingerprint"])
    same("ticket", played.payload.get("ticket"), known.ticket if known else "")
    return str(played.payload["ticket"])


def not_opened(played: Played) -> str:
    same("ticket", played.payload.get("ticket"), "")
    return "told"


def swept(played: Played) -> str:
    same("mend", played.payload.get("mend"), played.sample.variant)
    return f"{played.payload['mended']} found"


def indexed(played: Played) -> str:
    same("repo", played.payload.get("repo"), played.event["repo"])
    if not played.stage.world.artifacts.keys(f"index/{played.event['repo'].replace('/', '+')}/"):
        raise WrongAnswerError("no index was put")
    return str(played.payload["done"])


def answered(played: Played) -> str:
    """An agent's answer is what it tells its token: a result, or an error that the machine knows by name."""
    outcome = played.stage.parking.outcome(played.values["task_id"])
    if outcome.status == "SUCCEEDED":
        return "result"
    known = getattr(errors, outcome.error, None)
    if outcome.status == "FAILED" and isinstance(known, type) and issubclass(known, FerryError):
        return outcome.error
    raise WrongAnswerError(f"the token was told {outcome.status} {outcome.error or '(nothing)'}")


def replied(played: Played) -> str:
    """The question's answer is a message in its thread, and a receipt that says what was looked at."""
    receipt = played.stage.world.store.receipt(f"slack:{played.event['id']}/answer")
    if not receipt.reason.startswith("answered"):
        raise WrongAnswerError(f"the receipt says {receipt.reason}")
    return "answered"
