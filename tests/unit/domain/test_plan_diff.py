"""A new revision says in words what it changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.plan import PlanRecord
from ferry.domain.plan_diff import differences
from tests.unit.domain.test_plan_md import record

BEFORE = record()
TASKS = [task.dump() for task in BEFORE.plan.tasks]


def after(**plan: Any) -> PlanRecord:
    return record(plan={**BEFORE.plan.dump(), **plan}, revision=2)


def task(number: int, **changes: Any) -> dict[str, Any]:
    return {**TASKS[number], **changes}


def test_the_same_plan_has_no_differences() -> None:
    assert differences(BEFORE, after()) == ()


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        ({"scope_in": ["said", "more"]}, "in scope, added: more"),
        ({"scope_out": []}, "what it will not do, removed: said"),
        ({"risk": "high", "risk_reason": "money"}, "risk: low → high. money"),
        ({"risk_reason": "money"}, "risk: still low. money"),
        ({"tasks": [*TASKS, task(1, id="T3", description="third")]}, "task T3 added: third (acme/b b.py, 3 h)"),
        ({"tasks": TASKS[:1]}, "task T2 removed: said (acme/b b.py, 3 h)"),
        ({"tasks": [task(0, hours=4, description="other"), TASKS[1]]}, "task T1 changed: now “other”; hours 2 → 4"),
        ({"tasks": [TASKS[0], task(1, depends_on=[])]}, "task T2 changed: after T1 → nothing"),
        ({"tasks": [task(1, depends_on=[]), TASKS[0]]}, "order of work: T2 → T1; it was T1 → T2"),
        ({"tasks": [task(0, file="c.py"), TASKS[1]]}, "task T1 changed: file a.py → c.py"),
        ({"tasks": [task(0, file="c.py"), TASKS[1]]}, "files, added: acme/a c.py"),
        ({"components": []}, "files, removed: acme/a src/a.py"),
        (
            {"test_strategy": [{"level": "e2e", "repo": "acme/a", "file": "t/e.py", "assertion": "all"}]},
            "tests, added: e2e acme/a t/e.py: all",
        ),
        ({"rollback": "revert both"}, "rollback: reworded"),
    ],
)
def test_each_kind_of_change_is_named(plan: dict[str, Any], line: str) -> None:
    assert line in differences(BEFORE, after(**plan))


def test_another_merge_order_and_another_ceiling_are_named() -> None:
    found = differences(BEFORE, record(order=("acme/b", "acme/a"), budget_cents=300))

    assert found[0] == "ceiling: $2.50 → $3.00"
    assert "merge order: acme/b → acme/a; it was acme/a → acme/b" in found


@given(lines=st.lists(st.text(max_size=5), min_size=1, max_size=6), more=st.lists(st.text(max_size=5), min_size=1))
def test_what_one_way_adds_the_other_way_removes(lines: list[str], more: list[str]) -> None:
    one, other = after(scope_in=lines), after(scope_in=more)

    forth, back = differences(one, other), differences(other, one)

    assert sorted(line.replace(", added:", ", removed:") for line in forth if ", added:" in line) == sorted(
        line for line in back if ", removed:" in line
    )
    assert (forth == ()) is (set(lines) == set(more))
