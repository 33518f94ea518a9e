"""Races of those who may not decide: strangers, forgers, the requester, an agent with its own credentials."""

from __future__ import annotations

from collections.abc import Callable

import requests

from bench.races.arena import Arena, long_ago, value_of
from bench.races.outcome import EXECUTES, WAITS, Outcome, refused
from ferry.adapters.clock import SystemClock
from ferry.adapters.dynamodb import DynamoGateStore
from ferry.domain.approval import Decision
from ferry.domain.errors import VendorRefused

STRANGER = "U0STRANGER"


def wrong_user(arena: Arena) -> Outcome:
    approval = arena.asked()
    clicks = [arena.click(approval, verb, user=STRANGER) for verb in ("approve", "reject", "request_changes")]
    return Outcome(approval.task_id, WAITS, refused(arena, clicks))


def removed_user(arena: Arena) -> Outcome:
    """An approver when the message came, and none any more when they click."""
    approval = arena.asked()
    arena.members(STRANGER)
    count = refused(arena, [arena.click(approval)])
    arena.members(arena.approver)
    return Outcome(approval.task_id, WAITS, count)


def own_task(arena: Arena) -> Outcome:
    """The requester is an approver too, and the policy says that they may not approve what they asked for."""
    approval = arena.asked()
    requester = str(arena.stack.info["slack_users"]["other"])
    return Outcome(approval.task_id, WAITS, refused(arena, [arena.click(approval, user=requester)]))


def agent_credentials(arena: Arena) -> Outcome:
    """An agent that is not itself any more writes a decision, overwrites the audit's head and reads the token."""
    approval = arena.asked()
    client = arena.client_of("ExecutionAgent", "dynamodb")
    gate = DynamoGateStore(client, arena.stack.outputs["TaskTable"], SystemClock())
    made = {"decision": Decision.APPROVED, "decided_by": f"slack:{arena.approver}", "decided_at": approval.requested_at}
    attacks: tuple[Callable[[], object], ...] = (
        lambda: gate.decide(approval.model_copy(update=made)),
        lambda: gate.note(approval.task_id, "decided", made),
        lambda: gate.token(approval),
        lambda: gate.wait(approval, "a token of mine"),
    )
    return Outcome(approval.task_id, WAITS, sum(_is_refused(attack) for attack in attacks))


def forged_value(arena: Arena) -> Outcome:
    """A guessed approval id, another task's id, a value that Ferry never wrote."""
    approval, other = arena.asked(), arena.asked()
    values = (
        value_of(approval, id="guessed"),
        value_of(approval, task_id=other.task_id),
        value_of(approval, digest=other.digest),
        f"{approval.task_id}|{approval.id}|",
        "nonsense",
    )
    return Outcome(approval.task_id, WAITS, refused(arena, [arena.click(approval, value=value) for value in values]))


def replayed_request(arena: Arena) -> Outcome:
    """The same signed bytes again at once, by somebody who listens, and once more when they are old."""
    approval = arena.asked()
    body, at = arena.form(approval, "approve")
    first = [str(arena.post(body, at)[1]["delivery_id"]) for _ in range(5)]
    assert len(set(first)) == 1, "a replay is the same delivery"
    old, _ = arena.form(approval, "reject")
    assert arena.post(old, long_ago())[0] == requests.codes.unauthorized
    return Outcome(approval.task_id, EXECUTES)


def _is_refused(attack: Callable[[], object]) -> bool:
    try:
        attack()
    except VendorRefused as refused:
        return "AccessDenied" in str(refused)
    return False
