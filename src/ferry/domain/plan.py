"""The plan: what will be done, in which order, proved by which tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from graphlib import TopologicalSorter

from pydantic import Field

from ferry.domain.conventions import Convention, tells_agents
from ferry.domain.discovery import Dependency, DependencyKind, Level
from ferry.domain.document import Document, digest
from ferry.domain.errors import PlanUnsound
from ferry.domain.lesson import Lesson


class CaseLevel(StrEnum):
    UNIT = "unit"
    INTEGRATION = "integration"
    E2E = "e2e"


class Component(Document):
    repo: str
    path: str
    change: str


class PlannedTest(Document):
    level: CaseLevel
    repo: str
    file: str
    assertion: str


class PlanTask(Document):
    """One step of work: `test_file` is written first, then `file`; both relative to `repo`. hours: 1 to 4."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")
    description: str
    repo: str
    file: str
    test_file: str
    hours: int = Field(ge=1, le=4)
    depends_on: tuple[str, ...] = ()


class Plan(Document):
    summary: str
    scope_in: tuple[str, ...] = Field(min_length=1)
    scope_out: tuple[str, ...]
    components: tuple[Component, ...]
    data_flow: str
    test_strategy: tuple[PlannedTest, ...] = Field(min_length=1)
    tasks: tuple[PlanTask, ...] = Field(min_length=1)
    cross_repo_steps: tuple[str, ...] = ()
    security: tuple[str, ...]
    rollback: str
    risk: Level
    risk_reason: str

    @property
    def repositories(self) -> tuple[str, ...]:
        """Each repository that the plan writes to, in the order of its tasks."""
        return tuple(dict.fromkeys(task.repo for task in self.tasks))

    def tasks_of(self, repo: str) -> tuple[PlanTask, ...]:
        return tuple(task for task in self.tasks if task.repo == repo)

    def paths_of(self, repo: str) -> frozenset[str]:
        """What an agent may write in `repo`: its tasks' files and the components that the approver read."""
        tasks = {path for task in self.tasks_of(repo) for path in (task.file, task.test_file)}
        return frozenset(tasks | {part.path for part in self.components if part.repo == repo})

    @property
    def instructions(self) -> tuple[tuple[str, str], ...]:
        """Repository and path of every file that it writes and that tells agents how to work."""
        return tuple(
            (repo, path) for repo in self.repositories for path in sorted(self.paths_of(repo)) if tells_agents(path)
        )


def check_plan(plan: Plan, allowed_repositories: Iterable[str]) -> None:
    """PlanUnsound unless ids are unique, dependencies come first and no repository is a surprise."""
    seen: set[str] = set()
    for task in plan.tasks:
        if task.id in seen:
            raise PlanUnsound(f"tasks: id {task.id} is used twice; give each task its own id")
        if late := [name for name in task.depends_on if name not in seen]:
            raise PlanUnsound(f"tasks: {task.id} depends on {', '.join(late)}, which must come before it")
        if task.file == task.test_file:
            raise PlanUnsound(f"tasks: {task.id} has the same file and test_file; the test needs its own file")
        seen.add(task.id)
    if strange := set(plan.repositories) - set(allowed_repositories):
        raise PlanUnsound(f"tasks: {', '.join(sorted(strange))} was not ranked by discovery; plan only what was")


# What gives way first where repositories need each other in a circle: a build breaks without its library at once, a
# subscriber only waits.
FIRM = (DependencyKind.SHARED_LIB, DependencyKind.API, DependencyKind.EVENT)


def merge_order(repositories: Sequence[str], dependencies: Iterable[Dependency]) -> tuple[str, ...]:
    """`repositories` with everything that is depended on first, as far as there is no circle; see `settled`."""
    return settled(repositories, dependencies)[0]


def settled(
    repositories: Sequence[str], dependencies: Iterable[Dependency]
) -> tuple[tuple[str, ...], tuple[Dependency, ...]]:
    """The order of merging, and what it goes against: of a circle the least firm dependency, by name where two are
    alike. The same input in any order gives the same answer."""
    before: dict[str, dict[str, None]] = {name: {} for name in repositories}
    inside = [edge for edge in dependencies if edge.from_ in before and edge.to in before and edge.from_ != edge.to]
    for edge in sorted(inside, key=lambda edge: (FIRM.index(edge.kind), edge.from_, edge.to)):
        if not _leads(edge.to, edge.from_, before):
            before[edge.from_][edge.to] = None
    order = tuple(TopologicalSorter(before).static_order())
    against = (edge for edge in inside if order.index(edge.to) > order.index(edge.from_))
    return order, tuple(sorted(against, key=lambda edge: (edge.from_, edge.to, FIRM.index(edge.kind))))


def _leads(start: str, end: str, before: Mapping[str, Iterable[str]]) -> bool:
    """Whether `start` needs `end`, by however many others."""
    seen, open_ = {start}, [start]
    while open_:
        new = set(before[open_.pop()]) - seen
        seen |= new
        open_ += new
    return end in seen


CAME_LATER = ("conventions", "lessons")


class PlanRecord(Document):
    """A plan with everything that an approval of it covers; execution starts from this and nothing else.

    bases: commit SHA of each repository's default branch that the plan was made on; order: repositories in merge order;
    branch: the one branch name used in all of them; ticket: `Ticket.digest`; budget_cents: ceiling of the whole task;
    feedback: what the person asked to change in the revision before; conventions: of the repositories in `order`, at
    their bases; lessons: what was learnt about the repositories before.
    """

    task_id: str
    revision: int
    plan: Plan
    ticket: str
    bases: Mapping[str, str]
    order: tuple[str, ...]
    branch: str
    budget_cents: int
    feedback: str = ""
    conventions: tuple[Convention, ...] = ()
    lessons: tuple[Lesson, ...] = ()

    @property
    def digest(self) -> str:
        """What an approval is bound to; what came later counts where there is any, so that older plans keep theirs."""
        return digest({name: value for name, value in self.dump().items() if value or name not in CAME_LATER})
