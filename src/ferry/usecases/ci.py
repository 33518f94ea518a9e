"""Waiting for CI costs nothing: a token is kept, and GitHub's own events resolve it."""

from __future__ import annotations

import hashlib

from ferry.domain.admission.guards import fix_of_a_fix, stale
from ferry.domain.ci import CiState, ci_state
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.task import PullRequest, TaskStatus
from ferry.domain.triggers.github import CiFinished
from ferry.usecases.change_set import tell
from ferry.usecases.world import World


def watch(task_id: str, repo: str, head: str, token: str, world: World) -> None:
    """Remember who waits for CI of `head`; if it is finished already, answer at once."""
    world.store.put_token(task_id, _kind(repo, head), token)
    world.store.update_task(task_id, status=TaskStatus.WATCHING_CI)
    tell(task_id, world)
    settle(task_id, repo, head, world)


def ci_finished(delivery: Delivery, event: CiFinished, world: World) -> Receipt:
    """An event is a hint, never the truth: the state of all checks is read from the forge."""
    for number in event.numbers:
        if task_id := world.store.task_of_pull_request(event.repo, number):
            told = settle(task_id, event.repo, event.sha, world)
            return Receipt(delivery.name, Outcome.IGNORED, f"{event.sha[:7]}: {told}", world.now(), task_id)
    return Receipt(delivery.name, Outcome.IGNORED, "the pull request is not one of Ferry's", world.now())


def settle(task_id: str, repo: str, head: str, world: World) -> str:
    """Resolve the token that waits for `head` if its checks are complete; says what was found."""
    token = world.store.token(task_id, _kind(repo, head))
    if token is None and not _changed_on_request(task_id, repo, head, world):
        return _why_nobody_waits(task_id, repo, head, world)
    state = ci_state(world.forge.check_runs(repo, head))
    if state is CiState.PENDING:
        return "other checks are still running"
    if token is None:
        _remember(task_id, repo, head, state, world)
        return f"CI {state}"
    _remember(task_id, repo, head, state, world)
    world.engine.succeed(token, {"state": str(state), "head": head})
    world.store.drop_token(task_id, _kind(repo, head), token)
    return f"CI {state}"


def waiting(task_id: str, world: World) -> list[tuple[str, str]]:
    """Repository and commit of everything whose CI the task waits for."""
    kinds = (kind.split("#") for kind in world.store.tokens(task_id))
    return [(kind[1], kind[2]) for kind in kinds if kind[0] == "ci" and len(kind) == 3]


def overdue(task_id: str, repo: str, head: str, world: World) -> str:
    """Names the wait for `head` when its checks are complete and nobody told the machine; else empty."""
    token = world.store.token(task_id, _kind(repo, head))
    if token is None or ci_state(world.forge.check_runs(repo, head)) is CiState.PENDING:
        return ""
    # A resumed task waits for the same commit with another token, which may be missed as well.
    return hashlib.sha256(token.encode()).hexdigest()[:8]


def _why_nobody_waits(task_id: str, repo: str, head: str, world: World) -> str:
    pull = next((pull for pull in world.store.pull_requests(task_id) if pull.repo == repo), None)
    why = pull and (stale(head, pull.head) or fix_of_a_fix(head, pull.head, pull.fixes))
    return f"nobody waits for this commit: {why}" if why else "nobody waits for this commit"


def _changed_on_request(task_id: str, repo: str, head: str, world: World) -> bool:
    """A comment's change comes when no machine watches any more; the record is kept right all the same."""
    pull = pull_request(task_id, repo, world)
    return bool(pull.asked) and pull.head == head and world.store.task(task_id).status.ended


def _remember(task_id: str, repo: str, head: str, state: CiState, world: World) -> None:
    """Before the machine goes on, so that the record is never behind it."""
    pull = pull_request(task_id, repo, world)
    if (pull.head, pull.ci) != (head, str(state)):
        world.store.put_pull_request(task_id, pull.model_copy(update={"ci": str(state), "head": head}))
        world.store.add_event(task_id, f"ci {state}", f"{repo} at {head[:7]}")
        tell(task_id, world)


def pull_request(task_id: str, repo: str, world: World) -> PullRequest:
    return next(pull for pull in world.store.pull_requests(task_id) if pull.repo == repo)


def _kind(repo: str, head: str) -> str:
    return f"ci#{repo}#{head}"
