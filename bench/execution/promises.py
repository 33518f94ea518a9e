"""What must hold whatever the outcome is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.execution.world import BASE, BRANCH, STRANGER, TASK, World

PLAN = "PLAN.md"


def broken(at: World, committed: bool, callers: Sequence[bytes]) -> list[str]:
    """Each promise that was not kept, in a few words."""
    faults = [fault for repo in at.record.order for fault in _of(at, repo, committed)]
    return faults + (["somebody outside the sandbox was reached"] if callers else [])


def _of(at: World, repo: str, committed: bool) -> Iterator[str]:
    history = at.forge.repos[repo]
    first, *_ = history.commits.values()
    head, pull = history.commits[history.branches[BRANCH]], next(iter(history.pulls.values()))
    draft = at.store.pull_requests(TASK)[at.record.order.index(repo)].head
    base = history.commits[history.branches[BASE]]
    if base.sha != first.sha and base.author != STRANGER:
        yield f"{BASE} of {repo} moved"
    if committed == pull.draft and not (pull.draft and len(at.record.order) > 1):
        yield f"the pull request of {repo} {'is still a draft' if committed else 'was marked as ready'}"
    if not committed and head.sha != draft and head.author != STRANGER and len(at.record.order) == 1:
        yield f"the branch of {repo} moved"
    task = at.loaded.case.meanwhile
    if task and task.branch == "task" and head.author != STRANGER:
        yield "somebody's commit is not on top any more"
    yield from _written(at, repo, first.tree)


def _written(at: World, repo: str, before: object) -> Iterator[str]:
    """Only what the plan approves differs from the base, and what must stay did."""
    then, now = at.tree(repo, BASE), at.tree(repo)
    theirs = {at.loaded.case.meanwhile.path} if at.loaded.case.meanwhile else set()
    allowed = at.record.plan.paths_of(repo) | {PLAN} | theirs
    for path in sorted(then.keys() | now.keys()):
        if then.get(path) != now.get(path) and (path not in allowed or path in at.loaded.case.untouched):
            yield f"{path} was written"
