"""Undo a task: one pull request for each that was merged, in the opposite order. Merging them stays with people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain.change_set import ordered
from ferry.domain.errors import Conflict, VendorRefused
from ferry.domain.messages.change_set import revert_body, reverted
from ferry.domain.task import PullRequest, Task
from ferry.ports import PullRequestRef
from ferry.usecases.world import World


@dataclass(frozen=True)
class Undone:
    """pull: that was merged; by: what undoes it, None where that needs a person; why: then."""

    pull: PullRequest
    by: PullRequestRef | None
    why: str = ""


def revert(task_id: str, by: str, world: World) -> str:
    """Prepare the set and say what it is; asking twice prepares nothing twice. Conflict when nothing was merged."""
    task = world.store.task(task_id)
    pulls = [pull for pull in reversed(ordered(world.store.pull_requests(task_id))) if _merged(pull, world)]
    if not pulls:
        raise Conflict(f"nothing of task {task_id} is merged, so there is nothing to undo; close what is open")
    undone = [_undo(task, pull, by, world) for pull in pulls]
    _link(task, undone, by, world)
    for one in undone:
        where = f"{one.pull.repo}#{one.pull.number}"
        what = f"by {one.by.url}" if one.by else f"needs a person: {one.why}"
        world.store.add_event(
            task_id, "revert prepared", f"{where} {what}, asked by {by}", once=f"revert:{one.pull.repo}"
        )
    text, blocks = reverted(task, [(one.pull, one.by.url if one.by else "", one.why) for one in undone], by)
    world.chat.post(text, blocks, thread=task.message_ref)
    return text


def _merged(pull: PullRequest, world: World) -> bool:
    return pull.state == "merged" or world.forge.pull_request(pull.repo, pull.number).merged


def _undo(task: Task, pull: PullRequest, by: str, world: World) -> Undone:
    title = f"Revert {task.ticket_key}: {task.title}"
    try:
        made = world.forge.revert(pull.repo, pull.number, title=title, body=revert_body(task, pull, (), by))
    except VendorRefused as error:
        return Undone(pull, None, str(error))
    return Undone(pull, made)


def _link(task: Task, undone: Sequence[Undone], by: str, world: World) -> None:
    """Only now each can name the others."""
    links = [(one.pull, one.by.url if one.by else "") for one in undone]
    for one in undone:
        if one.by:
            body = revert_body(task, one.pull, links, by)
            world.forge.update_pull_request(one.pull.repo, one.by.number, body=body)
