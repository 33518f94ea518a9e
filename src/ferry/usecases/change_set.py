"""Keep a change set told: each pull request's own check, the table in its text, and who was merged or closed."""

from __future__ import annotations

from ferry.domain.change_set import CHECK, MergeOrder, all_merged, ordered, turn, updated
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import FerryError
from ferry.domain.messages.change_set import merged as all_merged_message
from ferry.domain.task import PullRequest
from ferry.domain.triggers.github import PullMoved
from ferry.usecases.world import World


def pull_moved(delivery: Delivery, event: PullMoved, world: World) -> Receipt:
    """An event is a hint: what became of the pull request is read from the forge."""
    task_id = world.store.task_of_pull_request(event.repo, event.number)
    if task_id is None:
        reason = f"{event.place} {event.action}: the pull request is not one of Ferry's"
        return Receipt(delivery.name, Outcome.IGNORED, reason, world.now())
    state = _look(task_id, event.repo, world)
    tell(task_id, world)
    return Receipt(delivery.name, Outcome.IGNORED, f"{event.place} is {state}", world.now(), task_id)


def tell(task_id: str, world: World) -> None:
    """Bring checks and texts up to date; safe to repeat, and says nothing twice. A forge that is away is noted: the
    next event tells it again."""
    pulls = ordered(world.store.pull_requests(task_id))
    if len(pulls) < 2 or world.merge_order is MergeOrder.OFF:
        return
    for pull in pulls:
        if pull.state == "open":
            try:
                _tell(task_id, pull, pulls, world)
            except FerryError as error:
                place = f"{pull.repo}#{pull.number}"
                world.store.add_event(task_id, "notice failed", f"{place} does not show its turn: {error}")


def _tell(task_id: str, pull: PullRequest, pulls: list[PullRequest], world: World) -> None:
    found = turn(pull, pulls, world.merge_order)
    told = f"{pull.head} {found.mine} {found.says}"
    if told == pull.told:
        return
    world.forge.set_status(pull.repo, pull.head, CHECK, passes=found.mine, says=found.says, url=found.url)
    body = world.forge.pull_request(pull.repo, pull.number).body
    if (wanted := updated(body, pulls, pull.repo)) != body:
        world.forge.update_pull_request(pull.repo, pull.number, body=wanted)
    world.store.put_pull_request(task_id, pull.model_copy(update={"told": told}))


def _look(task_id: str, repo: str, world: World) -> str:
    """Record what became of the task's pull request in `repo`; the last merge is told to people."""
    pulls = world.store.pull_requests(task_id)
    pull = next(one for one in pulls if one.repo == repo)
    ref = world.forge.pull_request(repo, pull.number)
    state = "merged" if ref.merged else "open" if ref.open else "closed"
    if state == pull.state:
        return state
    world.store.put_pull_request(task_id, pull.model_copy(update={"state": state}))
    world.store.add_event(task_id, f"pull request {state}", f"{repo}#{pull.number}")
    now = [one.model_copy(update={"state": state}) if one.repo == repo else one for one in pulls]
    if all_merged(now):
        _rejoice(task_id, now, world)
    return state


def _rejoice(task_id: str, pulls: list[PullRequest], world: World) -> None:
    task = world.store.task(task_id)
    text, blocks = all_merged_message(task, ordered(pulls))
    try:
        world.chat.post(text, blocks, thread=task.message_ref)
    except FerryError as error:
        world.store.add_event(task_id, "notice failed", f"Slack was not told: {error}")
