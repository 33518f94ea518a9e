"""A person says which repository a ticket is about, by a button or by ``/agent add``; recorded once, then told."""

from __future__ import annotations

import difflib

from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import NotFound
from ferry.domain.guidance import ADDED
from ferry.domain.inquiry import Answer, Inquiry
from ferry.domain.messages.answers import SAID
from ferry.domain.messages.blocks import named, section
from ferry.domain.messages.inquiry import too_late, verdict
from ferry.domain.policy import may_choose
from ferry.domain.policy.keys import is_group
from ferry.domain.step import ticket_key
from ferry.domain.task import Task, TaskStatus
from ferry.domain.ticket import Ticket
from ferry.domain.triggers.pick import Pick
from ferry.domain.triggers.slack import Command
from ferry.usecases.decide import LOST
from ferry.usecases.find import find_task
from ferry.usecases.inquiries import heed, last, said, wake
from ferry.usecases.judge import read_groups
from ferry.usecases.rules import Rules
from ferry.usecases.running import runs
from ferry.usecases.world import World

BEFORE_PLAN = frozenset({TaskStatus.RECEIVED, TaskStatus.DISCOVERING, TaskStatus.AWAITING_CHOICE})


def picked(delivery: Delivery, pick: Pick, world: World, rules: Rules) -> Receipt:
    """A click on a candidate, or on "None of these"; whoever was too late, may not or must do more is told so."""
    receipt = _picked(delivery, pick, world, rules)
    if receipt.outcome is Outcome.IGNORED or LOST in receipt.reason:
        said = f"{SAID[receipt.outcome]}: {named(receipt.reason)}."
        world.chat.whisper(pick.user, said, channel=pick.channel)
    return receipt


def add(delivery: Delivery, command: Command, world: World, rules: Rules) -> Receipt:
    """``/agent add <task> <repository>``: answers an open inquiry, else widens what the next plan may touch."""
    task = find_task(command.words[0], world.store)
    by, repo = f"slack:{command.user}", ""
    if not (refusal := _refusal(task.id, by, world, rules)):
        repo = known_repository(command.words[1], world)
        refusal = f"task {task.id} has {task.status.replace('_', ' ')}" if _over(task) else ""
    if refusal:
        receipt = _receipt(delivery, Outcome.IGNORED, refusal, task.id, world)
        _tell(command, f"Nothing was changed: {refusal}.", world)
        return receipt
    inquiry = last(task.id, world)
    if inquiry and (inquiry.answer is None or inquiry.answered_through == delivery.name):
        receipt = _answer(delivery, inquiry, by, repo, world)
        if receipt.outcome is Outcome.DECIDED:
            _tell(command, f"{receipt.reason}.", world)
            return receipt
    # Nobody asks, or somebody else answered a moment ago: the plan may reach into this one beside that.
    if not any(word.repo == repo for word in said(task.id, world)):
        world.gate.note(task.id, ADDED, {"repo": repo, "by": by})
    world.store.add_event(task.id, ADDED, f"by {by}: {repo}", once=f"added {repo}")
    # Whoever began to ask while this was written did not see it.
    if (asked := heed(task.id, world)) and asked.answer is Answer.CHOSEN and task.status in BEFORE_PLAN:
        wake(asked, world)
    _tell(command, f"{repo} is added to task {task.id}; {_following(task)}.", world)
    return _receipt(delivery, Outcome.DECIDED, f"{repo} added by {by}", task.id, world)


def _picked(delivery: Delivery, pick: Pick, world: World, rules: Rules) -> Receipt:
    by = f"slack:{pick.user}"
    try:
        inquiry = world.gate.inquiry(pick.task_id, pick.inquiry_id)
    except NotFound:
        return _receipt(delivery, Outcome.IGNORED, "nobody asked that", "", world)
    if inquiry.answer is not None and inquiry.answered_through != delivery.name:
        return _receipt(delivery, Outcome.IGNORED, too_late(inquiry), pick.task_id, world)
    if pick.repo and pick.repo not in inquiry.candidates:
        return _receipt(delivery, Outcome.IGNORED, f"{pick.repo} was not among the candidates", pick.task_id, world)
    if refusal := _refusal(pick.task_id, by, world, rules):
        return _receipt(delivery, Outcome.IGNORED, refusal, pick.task_id, world)
    return _answer(delivery, inquiry, by, pick.repo, world)


def _answer(delivery: Delivery, inquiry: Inquiry, by: str, repo: str, world: World) -> Receipt:
    """Record the answer and wake the machine; a second try of the same delivery goes on from the record."""
    answer = Answer.CHOSEN if repo else Answer.NONE
    made = {"answer": answer, "repo": repo, "answered_by": by, "answered_at": world.now()}
    fresh, ran = inquiry.answer is None, runs(world.store.task(inquiry.task_id), world)
    if fresh and not world.gate.settle(inquiry.model_copy(update={**made, "answered_through": delivery.name})):
        now = world.gate.inquiry(inquiry.task_id, inquiry.id)
        if now.answered_through != delivery.name:  # else AWS's client tried again what it had written itself
            return _receipt(delivery, Outcome.IGNORED, too_late(now), inquiry.task_id, world)
    settled = world.gate.inquiry(inquiry.task_id, inquiry.id)
    reason = verdict(settled)
    # A machine that ran before the answer was written finds it, and may have ended by it already.
    if not (wake(settled, world) or ran) and fresh:
        following = "goes on from this answer" if repo else "asks again"
        reason += f", but {LOST}: `/agent retry {settled.task_id}` {following}"
    return _receipt(delivery, Outcome.DECIDED, reason, settled.task_id, world)


def _refusal(task_id: str, by: str, world: World, rules: Rules) -> str:
    key, policy = ticket_key(task_id), rules.deciding
    ticket = Ticket.read(world.artifacts.get(key), key)
    groups = read_groups({key for key in policy.approvers if is_group(key)}, world)
    return may_choose(policy, by, f"jira:{ticket.triggered_by}", groups, world.clock.now())


def known_repository(name: str, world: World) -> str:
    """``owner/name`` of a repository that the forge shows; the name alone will do. NotFound suggests near ones."""
    repositories = [ref.name for ref in world.forge.repositories() if not ref.archived]
    meant = [repo for repo in repositories if name.casefold() in (repo.casefold(), repo.casefold().partition("/")[2])]
    if len(meant) == 1:
        return meant[0]
    near = meant or difflib.get_close_matches(name, repositories, n=3, cutoff=0.4)
    remedy = f"did you mean {' or '.join(near)}?" if near else "write it as owner/name"
    raise NotFound(f"there is no repository {name}; {remedy}")


def _over(task: Task) -> bool:
    """What is finished, or writes already, has no plan to come."""
    return task.status in (TaskStatus.SUCCEEDED, TaskStatus.REJECTED)


def _following(task: Task) -> str:
    if task.status.ended:
        return f"`/agent retry {task.id}` goes on"
    if task.status in BEFORE_PLAN:
        return "its plan may touch it"
    return f"its next plan may touch it: `/agent changes {task.id} <what>` asks for one while a plan waits"


def _tell(command: Command, text: str, world: World) -> None:
    world.chat.whisper(command.user, named(text), channel=command.channel, blocks=[section(named(text))])


def _receipt(delivery: Delivery, outcome: Outcome, reason: str, task_id: str, world: World) -> Receipt:
    return Receipt(delivery.name, outcome, reason, world.now(), task_id)
