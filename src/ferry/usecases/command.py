"""``/agent`` in Slack: what there is to see, the decisions of the buttons in words, and stop and retry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ferry.domain.approval import Approval, Decision
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.ledger import dollars, total
from ferry.domain.messages.blocks import Rendered, escaped, section
from ferry.domain.messages.found import MOST_FOUND, found_files
from ferry.domain.messages.tasks import commands, task_list, task_status, timeline
from ferry.domain.retrieval.find import find
from ferry.domain.task import TaskStatus
from ferry.domain.triggers.slack import DIGEST_SHOWN, Click, Command
from ferry.domain.words import STEPS, plain_name
from ferry.usecases.choose import add
from ferry.usecases.click import clicked
from ferry.usecases.find import find_task
from ferry.usecases.finish import stop
from ferry.usecases.indexes import stored_indexes
from ferry.usecases.memory_command import corrected, memory, remembered
from ferry.usecases.money_command import cost, raised
from ferry.usecases.resume import resume
from ferry.usecases.revert import revert
from ferry.usecases.rules import Rules
from ferry.usecases.world import World

DECISIONS = {
    "approve": Decision.APPROVED,
    "reject": Decision.REJECTED,
    "changes": Decision.CHANGES_REQUESTED,
}
LOG_LINES = 10


def obey(delivery: Delivery, command: Command, world: World, rules: Rules) -> Receipt:
    """Anybody may look; whom the policy names decide, and who may steer stop and retry. The answer is for the person
    alone."""
    try:
        if command.verb in DECISIONS and command.words:
            return _decide(delivery, command, world, rules)
        if command.verb in ACTS and command.words:
            return _act(delivery, command, world, rules)
        if command.verb in TWO_WORDS and len(command.words) > 1:
            return TWO_WORDS[command.verb](delivery, command, world, rules)
        look = LOOKS.get(command.verb)
        return _tell(delivery, command, look(command, world) if look else _unknown(command), world)
    except (NotFound, Conflict) as error:
        return _tell(delivery, command, _plain(str(error)), world)


def _status(command: Command, world: World) -> Rendered:
    if not command.words:
        return task_list([task for task in world.store.tasks() if not task.status.ended], "at work")
    task = find_task(command.words[0], world.store)
    spent = f"{dollars(total(world.store.ledger(task.id)))} spent"
    return task_status(task, world.store.pull_requests(task.id), world.store.events(task.id)[-3:], spent)


def _list(command: Command, world: World) -> Rendered:
    if not command.words:
        return task_list(world.store.tasks(), "in all")
    wanted = "_".join(command.words).lower()
    if wanted not in set(TaskStatus):
        known = ", ".join(map(plain_name, TaskStatus))
        return _plain(f"There is no status “{plain_name(wanted)}”. A task is one of: {known}.")
    return task_list([task for task in world.store.tasks() if task.status == wanted], plain_name(wanted))


def _logs(command: Command, world: World) -> Rendered:
    if not command.words:
        return commands("Logs of which task?")
    task = find_task(command.words[0], world.store)
    count = command.words[1] if len(command.words) > 1 else str(LOG_LINES)
    if not (count.isascii() and count.isdecimal() and 0 < int(count) < 1000):
        return _plain(f"“{count}” is not a number of lines from 1 to 999.")
    return timeline(task, world.store.events(task.id)[-int(count) :])


def _find(command: Command, world: World) -> Rendered:
    if not command.words:
        return commands("Find what?")
    text = " ".join(command.words)
    indexes, missing = stored_indexes(world.forge, world.artifacts)
    return found_files(text, find(text, "", tuple(indexes.values()), MOST_FOUND), len(indexes), missing)


def _unknown(command: Command) -> Rendered:
    if command.verb == "raise":
        return commands("Raise which task by how many dollars?")
    if command.verb == "remember":
        return commands("Remember what, for which repository?")
    if command.verb == "add":
        return commands("Add which repository to which task?")
    if command.verb in DECISIONS or command.verb in ACTS:
        return commands(f"{command.verb.capitalize()} which task?")
    return commands("" if command.verb == "help" else f"There is no command “{command.verb}”.")


def _stop(task_id: str, by: str, world: World) -> str:
    stop(task_id, by, world)
    return f"Task {task_id} is stopped; nothing was closed. `/agent retry {task_id}` goes on."


def _retry(task_id: str, by: str, world: World) -> str:
    task = resume(task_id, world)
    world.store.add_event(task_id, "retry", f"asked by {by}")
    return f"Task {task_id} goes on where it stopped, at its step {STEPS.get(task.resume_from, task.resume_from)}."


LOOKS: dict[str, Callable[[Command, World], Rendered]] = {
    "status": _status,
    "list": _list,
    "logs": _logs,
    "find": _find,
    "cost": cost,
    "memory": memory,
}
TWO_WORDS: dict[str, Callable[[Delivery, Command, World, Rules], Receipt]] = {
    "add": add,
    "raise": raised,
    "memory": corrected,
    "remember": remembered,
}
ACTS: dict[str, Callable[[str, str, World], str]] = {"stop": _stop, "retry": _retry, "revert": revert}


def _act(delivery: Delivery, command: Command, world: World, rules: Rules) -> Receipt:
    task = find_task(command.words[0], world.store)
    if rules.slack.refusal(command.user):
        return _tell(delivery, command, _plain(f"you are not among those who may {command.verb} a task here"), world)
    said = ACTS[command.verb](task.id, f"slack:{command.user}", world)
    world.chat.whisper(command.user, said, channel=command.channel, blocks=[section(escaped(said))])
    return Receipt(delivery.name, Outcome.DECIDED, f"{command.verb} by {command.user}", world.now(), task.id)


def _decide(delivery: Delivery, command: Command, world: World, rules: Rules) -> Receipt:
    """The task's open request, as a click on its newest message would."""
    task = find_task(command.words[0], world.store)
    approval = _meant(world.gate.approvals(task.id), delivery)
    if approval is None:
        return _tell(delivery, command, _plain(f"task {task.id} does not wait for a decision"), world)
    if approval.decision is None and approval.requested_at > delivery.received_at:
        # A command names no digest: whoever wrote it had an older request before them.
        unseen = f"task {task.id} was put before people again after you wrote this; please look at the newest message"
        return _tell(delivery, command, _plain(unseen), world)
    click = Click(
        user=command.user,
        task_id=task.id,
        approval_id=approval.id,
        digest=approval.digest[:DIGEST_SHOWN],
        decision=DECISIONS[command.verb],
        reason=" ".join(command.words[1:]),
        channel=command.channel,
    )
    return clicked(delivery, click, world, rules)


def _meant(asked: Sequence[Approval], delivery: Delivery) -> Approval | None:
    """The one that an earlier try of this delivery decided, else the newest that is open."""
    decided = [approval for approval in asked if approval.decided_through == delivery.name]
    waiting = [approval for approval in asked if approval.decision is None]
    return next(iter([*decided, *reversed(waiting)]), None)


def _plain(text: str) -> Rendered:
    return text, [section(escaped(text))]


def _tell(delivery: Delivery, command: Command, answer: Rendered, world: World) -> Receipt:
    text, blocks = answer
    world.chat.whisper(command.user, escaped(text), channel=command.channel, blocks=blocks)
    return Receipt(delivery.name, Outcome.IGNORED, text, world.now())
