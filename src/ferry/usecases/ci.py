"""Waiting for CI costs nothing: a token is kept, and GitHub's own events resolve it."""

from __future__ import annotations

import hashlib

from ferry.domain.admission.guards import fix_of_a_fix, stale
from ferry.domain.ci import CiState, Verdict, configures_ci, judge
from ferry.domain.ci_history import CiEntry, looks, started_anew, told
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import NotFound
from ferry.domain.task import PullRequest, TaskStatus
from ferry.domain.triggers.github import CiFinished
from ferry.usecases.change_set import tell
from ferry.usecases.ci_history import show_history
from ferry.usecases.learn import learn_from_ci
from ferry.usecases.world import World


def watch(task_id: str, repo: str, head: str, token: str, world: World) -> None:
    """Remember who waits for CI of `head`; if it is finished already, answer at once."""
    world.store.put_token(task_id, _kind(repo, head), token)
    world.store.update_task(task_id, status=TaskStatus.WATCHING_CI)
    tell(task_id, world)
    settle(task_id, repo, head, world)


def lapse(task_id: str, repo: str, head: str, world: World) -> dict[str, str]:
    """The time is over: a verdict of that moment counts, else the end names what was waited for. As `watch` answers."""
    verdict = look(pull_request(task_id, repo, world), head, world)
    if verdict.state is CiState.PENDING:
        verdict = Verdict(CiState.TIMED_OUT, verdict.waiting)
    news = _remember(task_id, repo, head, verdict, world)
    if token := world.store.token(task_id, _kind(repo, head)):
        world.store.drop_token(task_id, _kind(repo, head), token)
    _learn(news, task_id, repo, head, verdict, world)
    return {"state": str(verdict.state), "head": head}


def ci_finished(delivery: Delivery, event: CiFinished, world: World) -> Receipt:
    """An event is a hint, never the truth: the state of all checks is read from the forge."""
    for number in (*event.numbers, *_numbers(event, world)):
        if task_id := world.store.task_of_pull_request(event.repo, number):
            said = settle(task_id, event.repo, event.sha, world)
            return Receipt(delivery.name, Outcome.IGNORED, f"{event.sha[:7]}: {said}", world.now(), task_id)
    return Receipt(delivery.name, Outcome.IGNORED, "the pull request is not one of Ferry's", world.now())


def settle(task_id: str, repo: str, head: str, world: World) -> str:
    """Resolve the token that waits for `head` if its checks are complete; says what was found."""
    token = world.store.token(task_id, _kind(repo, head))
    if token is None and not _changed_on_request(task_id, repo, head, world):
        return _why_nobody_waits(task_id, repo, head, world)
    verdict = look(pull_request(task_id, repo, world), head, world)
    if verdict.state is CiState.PENDING:
        return str(verdict)
    news = _remember(task_id, repo, head, verdict, world)
    if token is not None:
        world.engine.succeed(token, {"state": str(verdict.state), "head": head})
        world.store.drop_token(task_id, _kind(repo, head), token)
    _learn(news, task_id, repo, head, verdict, world)
    return str(verdict)


def look(pull: PullRequest, head: str, world: World) -> Verdict:
    """What CI says of `head` now: nothing, once the branch is at another commit, whose results are not ours."""
    now = world.forge.head(pull.repo, pull.branch)
    if now != head:
        return Verdict(CiState.MOVED, at=now or "")
    checks, again = world.forge.check_runs(pull.repo, head), started_anew(pull.history, head)
    verdict = judge(checks, again=again)
    if verdict.state is CiState.FAILED or any(check.status != "completed" for check in checks):
        return verdict
    required = world.forge.required_checks(pull.repo, world.forge.default_branch(pull.repo))
    verdict = judge(checks, required, again=again)
    nothing = not checks and not required and not _has_ci(pull, head, world)
    return Verdict(CiState.NONE) if nothing else verdict


def waiting(task_id: str, world: World) -> list[tuple[str, str]]:
    """Repository and commit of everything whose CI the task waits for."""
    kinds = (kind.split("#") for kind in world.store.tokens(task_id))
    return [(kind[1], kind[2]) for kind in kinds if kind[0] == "ci" and len(kind) == 3]


def overdue(task_id: str, repo: str, head: str, world: World) -> str:
    """Names the wait for `head` when its checks are complete and nobody told the machine; else empty."""
    token = world.store.token(task_id, _kind(repo, head))
    if token is None or look(pull_request(task_id, repo, world), head, world).state is CiState.PENDING:
        return ""
    # A resumed task waits for the same commit with another token, which may be missed as well.
    return hashlib.sha256(token.encode()).hexdigest()[:8]


def pull_request(task_id: str, repo: str, world: World) -> PullRequest:
    """NotFound when the task has none there."""
    for pull in world.store.pull_requests(task_id):
        if pull.repo == repo:
            return pull
    raise NotFound(f"{task_id}: no pull request of {repo} is recorded")


def _numbers(event: CiFinished, world: World) -> list[int]:
    """A commit status names branches where all other events name pull requests."""
    found = (world.forge.find_pull_request(event.repo, branch) for branch in event.branches)
    return [pull.number for pull in found if pull]


def _why_nobody_waits(task_id: str, repo: str, head: str, world: World) -> str:
    pull = next((pull for pull in world.store.pull_requests(task_id) if pull.repo == repo), None)
    why = pull and (stale(head, pull.head) or fix_of_a_fix(head, pull.head, pull.fixes))
    return f"nobody waits for this commit: {why}" if why else "nobody waits for this commit"


def _changed_on_request(task_id: str, repo: str, head: str, world: World) -> bool:
    """A comment's change comes when no machine watches any more; the record is kept right all the same."""
    pull = pull_request(task_id, repo, world)
    return bool(pull.asked) and pull.head == head and world.store.task(task_id).status.ended


def _has_ci(pull: PullRequest, head: str, world: World) -> bool:
    """Whether a check may still appear: something configures CI, or something reported on the base."""
    tree = world.forge.tree(pull.repo, head)
    return tree is None or any(configures_ci(file.path) for file in tree) or _base_has_checks(pull, world)


def _base_has_checks(pull: PullRequest, world: World) -> bool:
    try:
        return bool(world.forge.check_runs(pull.repo, pull.base))
    except NotFound:
        return False


def _remember(task_id: str, repo: str, head: str, verdict: Verdict, world: World) -> bool:
    """Before the machine goes on, so that the record is never behind it; in the timeline once per run of CI, and True
    for whoever wrote it there."""
    pull, state = pull_request(task_id, repo, world), str(verdict.state)
    result = str(verdict).removeprefix("CI ") if verdict.state in _IN_WORDS else state
    history = told(pull.history, CiEntry(head=head, result=result, failed=verdict.red))
    changed = {"ci": state, "head": head, "history": history, "note": _note(verdict, pull)}
    if verdict.state is CiState.MOVED:
        changed.pop("head")
    fresh = pull.model_copy(update=changed)
    if fresh != pull:
        world.store.put_pull_request(task_id, fresh)
    detail = f"{repo} at {head[:7]}" + (f": {verdict}" if verdict.state in _IN_WORDS else "")
    once = f"ci {state} {repo} {head} {looks(pull.history, head)}"
    if news := world.store.add_event(task_id, f"ci {state}", detail, once=once):
        show_history(task_id, fresh, store=world.store, forge=world.forge)
        tell(task_id, world)
    return news


def _learn(news: bool, task_id: str, repo: str, head: str, verdict: Verdict, world: World) -> None:
    """After the machine went on: nobody waits for a lesson."""
    if news and verdict.state is CiState.PASSED:
        learn_from_ci(task_id, pull_request(task_id, repo, world), head, world)


_IN_WORDS = frozenset({CiState.SKIPPED, CiState.NONE, CiState.MOVED, CiState.TIMED_OUT})


def _note(verdict: Verdict, pull: PullRequest) -> str:
    return str(verdict) if verdict.state in _IN_WORDS else pull.note


def _kind(repo: str, head: str) -> str:
    return f"ci#{repo}#{head}"
