"""What must hold of a plan before anybody is asked to approve it; each fault is told to the model in its own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ferry.agentkit.tool import ToolError
from ferry.domain.discovery import Dependency
from ferry.domain.errors import GateViolation, PlanUnsound
from ferry.domain.gates import check_path
from ferry.domain.plan import Component, Plan, PlannedTest, check_plan, merge_order


def check(plan: Plan, allowed: Sequence[str], dependencies: Sequence[Dependency], said: str) -> None:
    """ToolError names every fault. said: by people, of what is to be done."""
    try:
        check_plan(plan, allowed)
    except PlanUnsound as error:
        raise ToolError(str(error)) from error
    order = merge_order(plan.repositories, dependencies)
    if faults := [*_idle(plan), *_against(plan, order), *_forbidden(plan), *_unasked(plan, said)]:
        raise ToolError("; ".join(faults))


def _idle(plan: Plan) -> Iterable[str]:
    """What an approver would read as happening in a repository where nothing does."""
    named: dict[str, Sequence[Component | PlannedTest]] = {
        "components": plan.components,
        "test_strategy": plan.test_strategy,
    }
    for field, parts in named.items():
        for repo in sorted({part.repo for part in parts} - set(plan.repositories)):
            yield f"{field}: {repo} has no task; give it one or leave it out"


def _against(plan: Plan, order: Sequence[str]) -> Iterable[str]:
    repo_of = {task.id: task.repo for task in plan.tasks}
    for task in plan.tasks:
        for needed in (name for name in task.depends_on if order.index(repo_of[name]) > order.index(task.repo)):
            yield (
                f"tasks: {task.id} in {task.repo} depends on {needed} in {repo_of[needed]}, "
                f"but {task.repo} is done and merged first, because {repo_of[needed]} needs it"
            )


def _forbidden(plan: Plan) -> Iterable[str]:
    for repo in plan.repositories:
        for path in sorted(plan.paths_of(repo)):
            try:
                check_path(path, (path,))
            except GateViolation as error:
                yield f"{repo}: {error}"


def _unasked(plan: Plan, said: str) -> Iterable[str]:
    for repo, path in plan.instructions:
        name = path.rpartition("/")[2]
        if name.casefold() not in said.casefold():
            yield f"{repo}: {path} tells agents how to work, and neither ticket nor feedback names {name}; leave it"
