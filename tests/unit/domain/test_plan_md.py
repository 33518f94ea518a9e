from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ferry.domain.document import digest
from ferry.domain.plan import CAME_LATER, Plan, PlanRecord
from ferry.domain.plan_md import code, is_plan_of, prose, render
from ferry.domain.ticket import Ticket

SECTIONS = [
    "Scope", "Components", "Conventions", "Data flow", "Test strategy", "Tasks", "Across repositories", "Security",
    "Risk", "Rollback",
]  # fmt: skip
MARKUP = st.text(alphabet="#>*-+=~`|[]()<>!_&\\/ \n\t1.)ahb:@", max_size=30)


def plan(say: str = "said") -> Plan:
    return Plan.model_validate(
        {
            "summary": say,
            "scope_in": [say, say],
            "scope_out": [say],
            "components": [{"repo": "acme/a", "path": "src/a.py", "change": say}],
            "data_flow": say,
            "test_strategy": [{"level": "unit", "repo": "acme/a", "file": "t/a.py", "assertion": say}],
            "tasks": [
                {"id": "T1", "description": say, "repo": "acme/a", "file": "a.py", "test_file": "t.py", "hours": 2},
                {"id": "T2", "description": say, "repo": "acme/b", "file": "b.py", "test_file": "t.py", "hours": 3,
                 "depends_on": ["T1"]},
            ],
            "cross_repo_steps": [say],
            "security": [say],
            "rollback": say,
            "risk": "low",
            "risk_reason": say,
        }
    )  # fmt: skip


def record(say: str = "said", **changes: Any) -> PlanRecord:
    facts = {
        "task_id": "t-1", "revision": 1, "plan": plan(say), "ticket": "d", "bases": {"acme/a": "1" * 40},
        "order": ("acme/a", "acme/b"), "branch": "ferry/x", "budget_cents": 250, "feedback": say,
        "conventions": [{"repo": "acme/a", "path": f"{say}/AGENTS.md", "shown": 3, "size": 3}],
    }  # fmt: skip
    return PlanRecord.model_validate({**facts, **changes})


def ticket(say: str = "said") -> Ticket:
    return Ticket(
        key="FERRY-1", title=say, text="", url="https://jira.test/1", author="", triggered_by="", triggered_at=""
    )


def blocks(markdown: str) -> list[tuple[str, int]]:
    """Block structure as GitHub's Markdown sees it, without the text."""
    return [(token.type, token.level) for token in MarkdownIt("commonmark").enable("table").parse(markdown)]


def test_every_section_of_the_contract_is_there_in_order() -> None:
    text = render(record(), ticket())

    assert [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")] == SECTIONS
    assert "5 hours in 2 repositories" in text
    assert "(3 h; after T1)" in text
    assert "1. `acme/a`\n2. `acme/b`" in text
    assert "ceiling of $2.50" in text
    assert f"- `acme/a` at `{'1' * 40}`" in text
    assert "Integration:\n\n- Nothing" in text


def test_the_digest_in_it_is_the_one_an_approval_binds() -> None:
    first, second = record(), record(budget_cents=251)

    assert f"`{first.digest}`" in render(first, ticket())
    assert f"`{first.digest}`" not in render(second, ticket())


def test_the_digest_of_a_plan_from_before_conventions_were_read_is_what_it_was() -> None:
    now = record(conventions=[])
    then = {name: value for name, value in now.dump().items() if name not in CAME_LATER}

    assert now.digest == digest(then)
    assert record().digest != now.digest


def test_the_conventions_that_were_read_are_named_with_their_commit_and_what_was_cut() -> None:
    some = [("AGENTS.md", 900, 900), ("a/AGENTS.md", 12_000, 20_500), ("CONTRIBUTING.md", 0, 7)]
    read = [{"repo": "acme/a", "path": path, "shown": shown, "size": size} for path, shown, size in some]

    text = render(record(conventions=read), ticket())

    assert (
        "- `acme/a` `AGENTS.md` at `1111111`\n"
        "- `acme/a` `a/AGENTS.md` at `1111111`, only its first 12,000 of 20,500 characters\n"
        "- `acme/a` `CONTRIBUTING.md` at `1111111`, not read for this plan\n"
    ) in text


def test_a_plan_knows_whose_it_is() -> None:
    fake = "<!-- Ferry task t-2 -->"
    text = render(record(fake), ticket(fake))

    assert is_plan_of(text, "t-1")
    assert not is_plan_of(text, "t-2")
    assert not is_plan_of("# Somebody's plan", "t-1")


@given(MARKUP.filter(str.strip))
def test_no_text_of_a_model_changes_the_shape_of_the_page(say: str) -> None:
    assert blocks(render(record(say), ticket(say))) == blocks(render(record("x", feedback="x"), ticket("x")))


@given(st.text(max_size=40))
def test_no_text_makes_it_raise(say: str) -> None:
    assert render(record(say), ticket(say)).endswith("takes this file away.\n")


@pytest.mark.parametrize("text", ["a`b", "``", "", "\n", "a\nb"])
def test_a_path_cannot_leave_its_code_span(text: str) -> None:
    assert code(text).count("`") == 2
    assert "\n" not in code(text)


def test_prose_stays_readable() -> None:
    said = "Cart lines (unit price) → volume_discount of acme-pricing >= 1.4, 50 × 8.50 = 425.00"
    assert prose(said) == said
