"""``/agent memory`` and ``/agent remember``: anybody may look; who may approve teaches, corrects, accepts, forgets."""

from __future__ import annotations

from collections.abc import Callable

from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import NotFound
from ferry.domain.messages.blocks import Rendered, escaped, section
from ferry.domain.messages.memory import SLACK, kept_back, lesson_list, taught
from ferry.domain.messages.tasks import commands
from ferry.domain.policy import may_teach
from ferry.domain.policy.keys import is_group
from ferry.domain.triggers.slack import Command
from ferry.ports import Kept
from ferry.usecases.judge import read_groups
from ferry.usecases.memory import accept_lesson, add_lesson, edit_lesson, forget_lesson, repository
from ferry.usecases.rules import Rules
from ferry.usecases.world import World


def memory(command: Command, world: World) -> Rendered:
    if not command.words:
        return commands("The memory of which repository?")
    repo = repository(command.words[0], world)
    return lesson_list(repo, world.memory.lessons(repo))


def remembered(delivery: Delivery, command: Command, world: World, rules: Rules) -> Receipt:
    """``/agent remember <repository> <words>``."""

    def act(repo: str, by: str) -> str:
        kept = add_lesson(repo, " ".join(command.words[1:]), by, delivery.name, world)
        return _noted(taught(kept.lesson, kept.gone, SLACK), kept)

    return _done(delivery, command, world, rules, act)


def corrected(delivery: Delivery, command: Command, world: World, rules: Rules) -> Receipt:
    """``/agent memory <repository> edit|accept|forget <lesson> [words]``."""
    verb, id = command.words[1], (*command.words, "", "")[2]

    def act(repo: str, by: str) -> str:
        match verb:
            case "edit":
                kept = edit_lesson(repo, id, " ".join(command.words[3:]), by, world)
                now = f"; it is {kept_back(kept.lesson, SLACK)}" if kept.lesson.kept_back else ""
                return _noted(f"Lesson {kept.lesson.id} of {repo} says now: {kept.lesson.text}{now}", kept)
            case "accept":
                kept = accept_lesson(repo, id, by, world)
                return _noted(f"Lesson {kept.lesson.id} of {repo} is used from now on: {kept.lesson.text}", kept)
            case "forget":
                kept = forget_lesson(repo, id, by, world)
                return _noted(f"Lesson {kept.lesson.id} of {repo} is forgotten: {kept.lesson.text}", kept)
        raise NotFound(f"“{verb[:20]}” is none of edit, accept, forget: `/agent memory {repo}` shows how they are said")

    return _done(delivery, command, world, rules, act)


def _done(delivery: Delivery, command: Command, world: World, rules: Rules, act: Callable[[str, str], str]) -> Receipt:
    by, policy = f"slack:{command.user}", rules.deciding
    groups = read_groups({key for key in policy.approvers if is_group(key)}, world)
    if refusal := may_teach(policy, by, groups, world.clock.now()):
        said, outcome = f"Nothing was changed: {refusal}.", Outcome.IGNORED
    else:
        said, outcome = act(repository(command.words[0], world), by), Outcome.DECIDED
    world.chat.whisper(command.user, escaped(said), channel=command.channel, blocks=[section(escaped(said))])
    # The words are a lesson's, which somebody may forget; a receipt stays.
    return Receipt(delivery.name, outcome, f"{command.verb} {command.words[0]} by {by}", world.now())


def _noted(said: str, kept: Kept) -> str:
    return f"{said}\n{kept.note}." if kept.note else said
