"""What a new revision of a plan changed, in words for whoever read the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ferry.domain.plan import Plan, PlannedTest, PlanRecord, PlanTask


def differences(before: PlanRecord, after: PlanRecord) -> tuple[str, ...]:
    """One plain line ``what: how`` per change, the weightiest first; () when all that an approver reads is the same."""
    old, new = before.plan, after.plan
    return tuple(
        [
            *_risk(old, new),
            *_budget(before, after),
            *_listed("in scope", old.scope_in, new.scope_in),
            *_listed("what it will not do", old.scope_out, new.scope_out),
            *_tasks(old, new),
            *_order("merge order", before.order, after.order),
            *_listed("files", _files(before), _files(after)),
            *_listed("tests", map(_case, old.test_strategy), map(_case, new.test_strategy)),
            *_listed("steps across repositories", old.cross_repo_steps, new.cross_repo_steps),
            *_listed("security", old.security, new.security),
            *_reworded(old, new),
        ]
    )


def _risk(old: Plan, new: Plan) -> Iterator[str]:
    if old.risk is not new.risk:
        yield f"risk: {old.risk} → {new.risk}. {new.risk_reason}"
    elif old.risk_reason != new.risk_reason:
        yield f"risk: still {new.risk}. {new.risk_reason}"


def _budget(before: PlanRecord, after: PlanRecord) -> Iterator[str]:
    if before.budget_cents != after.budget_cents:
        yield f"ceiling: ${before.budget_cents / 100:.2f} → ${after.budget_cents / 100:.2f}"


def _tasks(old: Plan, new: Plan) -> Iterator[str]:
    """By id, which a revision keeps for work that stays."""
    was, now = _by_id(old), _by_id(new)
    yield from (f"task {id} added: {_work(task)}" for id, task in now.items() if id not in was)
    yield from (f"task {id} removed: {_work(task)}" for id, task in was.items() if id not in now)
    for id in (id for id in now if id in was):
        if changes := "; ".join(_changes(was[id], now[id])):
            yield f"task {id} changed: {changes}"
    yield from _order("order of work", [id for id in was if id in now], [id for id in now if id in was])


def _changes(was: PlanTask, now: PlanTask) -> Iterator[str]:
    if was.description != now.description:
        yield f"now “{now.description}”"
    for name, before, after in (
        ("repository", was.repo, now.repo),
        ("file", was.file, now.file),
        ("test", was.test_file, now.test_file),
        ("hours", str(was.hours), str(now.hours)),
        ("after", ", ".join(was.depends_on), ", ".join(now.depends_on)),
    ):
        if before != after:
            yield f"{name} {before or 'nothing'} → {after or 'nothing'}"


def _order(what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    if tuple(before) != tuple(after):
        yield f"{what}: {' → '.join(after)}; it was {' → '.join(before)}"


def _listed(what: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    was, now = list(dict.fromkeys(before)), list(dict.fromkeys(after))
    yield from (f"{what}, added: {line}" for line in now if line not in was)
    yield from (f"{what}, removed: {line}" for line in was if line not in now)


def _reworded(old: Plan, new: Plan) -> Iterator[str]:
    for what, before, after in (
        ("summary", old.summary, new.summary),
        ("data flow", old.data_flow, new.data_flow),
        ("rollback", old.rollback, new.rollback),
    ):
        if before != after:
            yield f"{what}: reworded"


def _by_id(plan: Plan) -> Mapping[str, PlanTask]:
    return {task.id: task for task in plan.tasks}


def _work(task: PlanTask) -> str:
    return f"{task.description} ({task.repo} {task.file}, {task.hours} h)"


def _case(case: PlannedTest) -> str:
    return f"{case.level} {case.repo} {case.file}: {case.assertion}"


def _files(record: PlanRecord) -> list[str]:
    return [f"{repo} {path}" for repo in record.order for path in sorted(record.plan.paths_of(repo))]
