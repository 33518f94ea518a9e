"""Lessons out of what happened to a task's pull requests. Whatever stands in the way of learning stops nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ferry.domain.asked import Asked, asked_key
from ferry.domain.ci import CiResult
from ferry.domain.errors import FerryError
from ferry.domain.lesson import Lesson, same_words
from ferry.domain.messages.memory import source
from ferry.domain.plan import PlanRecord
from ferry.domain.task import PullRequest
from ferry.domain.taught import by_ci, by_review, mended
from ferry.usecases.world import World

LEARNT, KEPT_BACK, NOT_LEARNT = "lesson learnt", "lesson kept back", "lesson lost"
logger = logging.getLogger("ferry.learn")


def learn_from_review(id: str, repo: str, number: int, result: Mapping[str, Any], world: World) -> None:
    """id: of what was asked, whose words are among the task's documents; "" where a machine began before it was told.
    result: `CiResult` with ``head``."""
    task_id = world.store.task_of_pull_request(repo, number)
    if not (id and task_id):
        return
    key = asked_key(task_id, id)

    def found() -> Iterator[Lesson]:
        done = CiResult.read({name: value for name, value in result.items() if name != "head"}, "what the agent did")
        asked = Asked.read(world.artifacts.get(key), key)
        for pull in (one for one in world.store.pull_requests(task_id) if one.repo == repo):
            files = _files(lambda: world.forge.changed_paths(repo, done.commit))
            yield from by_review(asked, done, pull, task_id, world.now(), files)

    _learn(found, task_id, world)


def learn_from_ci(task_id: str, pull: PullRequest, head: str, world: World) -> None:
    """CI of `head` is green: if that commit mended what was red before, the next task knows."""

    def found() -> Iterator[Lesson]:
        if entry := mended(pull.history, head):
            files = _files(lambda: world.forge.changed_paths(pull.repo, head))
            if taught := by_ci(entry, pull, task_id, world.now(), files):
                yield taught

    _learn(found, task_id, world)


def count_use(record: PlanRecord, world: World) -> None:
    """The lessons of a plan that is put before people are of use; by that the others make room first."""
    try:
        for repo in {one.repo for one in record.lessons}:
            world.memory.used(repo, {one.id for one in record.lessons if one.repo == repo}, world.now())
    except FerryError as error:
        logger.warning("the use of lessons was not counted: %s", type(error).__name__)


def _files(changed: Callable[[], Sequence[str]]) -> Sequence[str]:
    """A lesson that names no file is still one."""
    try:
        return changed()
    except FerryError:
        return ()


def _learn(found: Callable[[], Iterator[Lesson]], task_id: str, world: World) -> None:
    try:
        for one in found():
            _keep(one, task_id, world)
    except FerryError as error:
        logger.warning("task %s taught nothing: %s", task_id, type(error).__name__)
        world.store.add_event(task_id, NOT_LEARNT, str(error), once=f"{NOT_LEARNT} {type(error).__name__}")


def _keep(one: Lesson, task_id: str, world: World) -> None:
    """The same words once: a formatter that mends every second run has said all the first time."""
    known = world.memory.lessons(one.repo)
    if any(same_words(one.text, other.text) and one.id != other.id for other in known):
        return
    kept = world.memory.remember(one)
    if kept.new:
        world.store.add_event(
            task_id, KEPT_BACK if one.kept_back else LEARNT, _told(one, kept.gone), once=f"lesson {one.id}"
        )


def _told(one: Lesson, gone: Iterable[Lesson]) -> str:
    why = f"; it looks like an instruction to an AI ({', '.join(one.suspected)}), so a person must accept it first"
    room = [old.id for old in gone]
    full = f"; the memory of {one.repo} is full, so {', '.join(room)} made room" if room else ""
    # Not its words: a timeline keeps everything, and a lesson may be forgotten.
    return f"{one.repo}: lesson {one.id}, from {source(one)}{why if one.kept_back else ''}{full}"
