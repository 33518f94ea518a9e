"""Races of clicks and of what happens around them: each does what it is named for, and says how its task must stand
afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bench.races.arena import Arena, until, value_of
from bench.races.outcome import EXECUTES, EXPIRED, ONE, WAITS, Outcome, refused
from ferry.domain.approval import Approval
from ferry.domain.change import FileChange
from ferry.domain.task import TaskStatus

RIVALS = 50


def double_click(arena: Arena) -> Outcome:
    approval = arena.asked()
    count = refused(arena, _at_once(arena, approval, ["approve"] * RIVALS))
    return Outcome(approval.task_id, EXECUTES, count)


def approve_against_reject(arena: Arena) -> Outcome:
    approval = arena.asked()
    verbs = ["approve", "reject"] * (RIVALS // 2)
    arena.dice.shuffle(verbs)
    count = refused(arena, _at_once(arena, approval, verbs))
    return Outcome(approval.task_id, ONE, count)


def stale_digest(arena: Arena) -> Outcome:
    approval = arena.asked()
    old = value_of(approval, digest="0" * 64)
    return Outcome(approval.task_id, WAITS, refused(arena, [arena.click(approval, value=old)]))


def older_request(arena: Arena) -> Outcome:
    """The message of before the gate opened again still has its buttons in somebody's window."""
    approval = arena.asked(branch=f"race-old-{arena.dice.random():.9f}".replace(".", ""))
    _edit(arena, approval, "notes.txt", "mine\n")
    arena.click(approval)
    arena.newest(approval.task_id, opening=2)
    return Outcome(approval.task_id, WAITS, refused(arena, [arena.click(approval)]))


def late_click(arena: Arena) -> Outcome:
    """On a stack whose requests expire within seconds."""
    approval = arena.asked()
    assert arena.reaches(approval.task_id, TaskStatus.EXPIRED)
    return Outcome(approval.task_id, EXPIRED, refused(arena, [arena.click(approval), arena.click(approval, "reject")]))


def nobody_answers(arena: Arena) -> Outcome:
    """One reminder, one escalation, then it expires, all within seconds."""
    approval = arena.asked()
    assert arena.reaches(approval.task_id, TaskStatus.EXPIRED)
    kinds = [record.kind for record in arena.seeds.gate.audit(approval.task_id)[0]]
    assert (kinds.count("reminded"), kinds.count("escalated")) == (1, 1), kinds
    return Outcome(approval.task_id, EXPIRED)


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


def _edit(arena: Arena, approval: Approval, path: str, text: str) -> None:
    """By hand, on the task's own branch."""
    [pull] = arena.seeds.store.pull_requests(approval.task_id)
    change = FileChange(path, text.encode())
    arena.seeds.forge.commit(pull.repo, pull.branch, parent=pull.head, message="by hand", changes=[change])
