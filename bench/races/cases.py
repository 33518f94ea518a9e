"""The races: each puts a task at the gate, does what it is named for, and says how the task must stand afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from bench.races.arena import Arena, long_ago, until, value_of
from ferry.domain.approval import Approval
from ferry.domain.change import FileChange

RIVALS = 50
STRANGER = "U0STRANGER"
WAITS, EXECUTES, ONE, EXPIRED = "waits", "executes", "one decision", "expired"


@dataclass(frozen=True)
class Outcome:
    """task_id: of the task that was fought for; must: one of the words above; refused: clicks that changed nothing."""

    task_id: str
    must: str
    refused: int = 0


Case = Callable[[Arena], Outcome]


def double_click(arena: Arena) -> Outcome:
    approval = arena.asked()
    refused = _refused(arena, _at_once(arena, approval, ["approve"] * RIVALS))
    return Outcome(approval.task_id, EXECUTES, refused)


def approve_against_reject(arena: Arena) -> Outcome:
    approval = arena.asked()
    verbs = ["approve", "reject"] * (RIVALS // 2)
    arena.dice.shuffle(verbs)
    refused = _refused(arena, _at_once(arena, approval, verbs))
    return Outcome(approval.task_id, ONE, refused)


def stale_digest(arena: Arena) -> Outcome:
    approval = arena.asked()
    old = value_of(approval, digest="0" * 64)
    return Outcome(approval.task_id, WAITS, _refused(arena, [arena.click(approval, value=old)]))


def older_request(arena: Arena) -> Outcome:
    """The message of before the gate opened again still has its buttons in somebody's window."""
    approval = arena.asked(branch=f"race-old-{arena.dice.random():.9f}".replace(".", ""))
    _edit(arena, approval, "notes.txt", "mine\n")
    arena.click(approval)
    arena.newest(approval.task_id, opening=2)
    return Outcome(approval.task_id, WAITS, _refused(arena, [arena.click(approval)]))


def wrong_user(arena: Arena) -> Outcome:
    approval = arena.asked()
    clicks = [arena.click(approval, verb, user=STRANGER) for verb in ("approve", "reject", "request_changes")]
    return Outcome(approval.task_id, WAITS, _refused(arena, clicks))


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
    return Outcome(approval.task_id, WAITS, _refused(arena, [arena.click(approval, value=value) for value in values]))


def replayed_request(arena: Arena) -> Outcome:
    """The same signed bytes again at once, by somebody who listens, and once more when they are old."""
    approval = arena.asked()
    body, at = arena.form(approval, "approve")
    first = [str(arena.post(body, at)[1]["delivery_id"]) for _ in range(5)]
    assert len(set(first)) == 1, "a replay is the same delivery"
    old, _ = arena.form(approval, "reject")
    assert arena.post(old, long_ago())[0] == requests.codes.unauthorized
    return Outcome(approval.task_id, EXECUTES)


def edited_plan(arena: Arena) -> Outcome:
    """PLAN.md on the branch is edited after it was shown; the click is for what was shown."""
    approval = arena.asked()
    _edit(arena, approval, "PLAN.md", "Do something else\n")
    arena.click(approval)
    arena.newest(approval.task_id, opening=2)
    return Outcome(approval.task_id, WAITS)


def moved_base(arena: Arena) -> Outcome:
    approval = arena.asked(repo="acme/checkout")
    forge = arena.seeds.forge
    main = forge.default_branch("acme/checkout")
    head = forge.head("acme/checkout", main) or ""
    news = [FileChange(f"docs/news-{approval.task_id}.md", b"moved\n")]
    forge.commit("acme/checkout", main, parent=head, message="docs: news", changes=news)
    arena.click(approval)
    arena.newest(approval.task_id, opening=2)
    return Outcome(approval.task_id, WAITS)


def engine_away(arena: Arena) -> Outcome:
    """Step Functions refuses every call for a while when the click comes."""
    approval = arena.asked()
    arena.faults.active = True
    try:
        delivery = arena.click(approval)
        _wait_decided(arena, approval)
    finally:
        arena.faults.active = False
    arena.receipt(delivery)
    return Outcome(approval.task_id, EXECUTES)


def worker_killed(arena: Arena) -> Outcome:
    """Between the write of the decision and the machine: the engine refuses until the worker is dead."""
    approval = arena.asked()
    arena.faults.active = True
    try:
        delivery = arena.click(approval)
        _wait_decided(arena, approval)
        killed = arena.stack.kill("WorkerFunction")
        assert killed, "no worker was alive to be killed"
    finally:
        arena.faults.active = False
    arena.receipt(delivery)
    return Outcome(approval.task_id, EXECUTES)


def _wait_decided(arena: Arena, approval: Approval) -> None:
    until(
        lambda: arena.seeds.gate.approval(approval.task_id, approval.id).decision is not None,
        f"{approval.task_id} is not decided",
    )


def _at_once(arena: Arena, approval: Approval, verbs: Sequence[str]) -> list[str]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda verb: arena.click(approval, verb), verbs))


def _refused(arena: Arena, deliveries: Iterable[str]) -> int:
    """How many changed nothing; each has a receipt with a reason."""
    receipts = [arena.receipt(delivery) for delivery in deliveries]
    assert all(receipt["reason"] for receipt in receipts), "a receipt without a reason"
    return sum(receipt["outcome"] != "decided" for receipt in receipts)


def _edit(arena: Arena, approval: Approval, path: str, text: str) -> None:
    """By hand, on the task's own branch."""
    [pull] = arena.seeds.store.pull_requests(approval.task_id)
    change = FileChange(path, text.encode())
    arena.seeds.forge.commit(pull.repo, pull.branch, parent=pull.head, message="by hand", changes=[change])
