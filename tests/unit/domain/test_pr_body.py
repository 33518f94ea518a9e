from __future__ import annotations

from ferry.domain.discovery import Level
from ferry.domain.plan import CaseLevel, Plan, PlannedTest, PlanRecord, PlanTask
from ferry.domain.pr_body import ProofRow, render
from ferry.domain.proof import Proof, ProofCase, Role, Status
from ferry.domain.task import PullRequest
from ferry.domain.ticket import Ticket


def task(id: str, repo: str, **more: object) -> PlanTask:
    return PlanTask.model_validate(
        {"id": id, "description": "Do it", "repo": repo, "file": "a.py", "test_file": "t.py", "hours": 1, **more}
    )


def record(*tasks: PlanTask, summary: str = "Round half up.") -> PlanRecord:
    repos = tuple(dict.fromkeys(one.repo for one in tasks))
    plan = Plan(
        summary=summary, scope_in=("x",), scope_out=(), components=(), data_flow="", tasks=tasks, security=(),
        test_strategy=(PlannedTest(level=CaseLevel.UNIT, repo=repos[0], file="t.py", assertion="x"),),
        rollback="Revert it.", risk=Level.LOW, risk_reason="Small.",
    )  # fmt: skip
    return PlanRecord(
        task_id="FERRY-1-1", revision=2, plan=plan, ticket="t", bases={}, order=repos, branch="b", budget_cents=100
    )


TICKET = Ticket(
    key="FERRY-1", title="Round <b>", text="", url="https://jira.test/browse/FERRY-1", author="", triggered_by="",
    triggered_at="",
)  # fmt: skip
PULL = PullRequest(repo="acme/a", number=7, branch="b", url="https://gh.test/7", base="", head="", position=1)


def test_the_body_links_the_ticket_and_names_the_digest() -> None:
    one = record(task("T1", "acme/a"))

    body = render(one, TICKET, [PULL], "acme/a", [])

    assert "Round half up." in body
    assert "For [FERRY-1: Round &lt;b>](https://jira.test/browse/FERRY-1)." in body
    assert f"revision 2 · plan's digest `{one.digest[:12]}`" in body


def test_a_change_set_shows_its_merge_order_and_which_one_this_is() -> None:
    body = render(record(task("T1", "acme/a"), task("T2", "acme/b")), TICKET, [PULL], "acme/b", [])

    assert "1. [acme/a#7](https://gh.test/7)\n2. `acme/b` (not opened yet) ← this one" in body


def test_a_single_repository_has_no_merge_order_and_no_proof_before_there_is_one() -> None:
    body = render(record(task("T1", "acme/a")), TICKET, [PULL], "acme/a", [])

    assert "Merge order" not in body
    assert "Proof" not in body


def test_the_plan_shows_only_this_repository_and_only_on_demand() -> None:
    body = render(record(task("T1", "acme/a"), task("T2", "acme/b", depends_on=["T1"])), TICKET, [], "acme/b", [])

    assert "- **T2** Do it — `a.py`, test first in `t.py` (after T1)" in body.split("<details>")[1]
    assert "**T1** Do it" not in body


def test_each_proved_task_is_a_row() -> None:
    row = ProofRow(
        item="T1", summary="a | b\nc", test_file="t.py", base="fails (1)", head="14 tests pass", commit="0123456789"
    )

    body = render(record(task("T1", "acme/a")), TICKET, [PULL], "acme/a", [row])

    assert "| T1 | a \\| b c | `t.py` | fails (1) | 14 tests pass | 0123456 |" in body


def test_words_of_a_model_cannot_mention_close_or_open_html() -> None:
    body = render(
        record(task("T1", "acme/a"), summary="Hi @all, fixes #1 </details><img> [x](http://evil)"),
        TICKET,
        [],
        "acme/a",
        [],
    )

    assert "@all" not in body
    assert "#1" not in body
    assert "<img>" not in body
    assert "[x](" not in body.replace("\\[x\\](", "")


def test_a_plan_too_long_for_the_forge_is_left_out_with_a_word() -> None:
    body = render(record(task("T1", "acme/a", description="x" * 50_000)), TICKET, [PULL], "acme/a", [])

    assert len(body) < 2000
    assert "too long to be shown here" in body


def proved(count: int, why: str = "assert 1 == 2", role: Role = Role.PROVES) -> ProofRow:
    cases = tuple(
        ProofCase(id=f"t.py::adds [{n}] | `x`", base=Status.FAILED, head=Status.PASSED, role=role, why=f"{why} {n}")
        for n in range(count)
    )
    proof = Proof(cases=cases, proved=True, reason="", by_exit_code=("make test",))
    return ProofRow(item="T1", summary="s", test_file="t.py", base="b", head="h", commit="0" * 40, proof=proof)


def test_each_test_of_a_proof_is_a_row_that_no_name_and_no_reason_can_break() -> None:
    body = render(record(task("T1", "acme/a")), TICKET, [PULL], "acme/a", [proved(1, "a | b\n</details> @all")])

    assert "**T1** in `t.py`\n\n| test | without the change | with it |" in body
    assert "| `adds [0]  x` | failed: a \\| b &lt;/details> @\u200ball 0 | passed |" in body
    assert "By exit code alone, not test by test: make test." in body


def test_many_tests_are_shown_on_demand_and_a_body_never_outgrows_the_forge() -> None:
    few, many, huge = (
        render(record(task("T1", "acme/a")), TICKET, [PULL], "acme/a", [proved(count, "x" * 150)] * times)
        for count, times in ((2, 1), (40, 1), (60, 30))
    )

    assert "one by one" not in few
    assert "<details><summary>40 tests, one by one</summary>" in many
    assert len(huge) < 65_536
    assert " more." in huge


def test_a_reason_that_is_the_same_for_the_next_test_is_said_once() -> None:
    row = proved(2)
    assert row.proof
    same = tuple(case.model_copy(update={"why": "no module"}) for case in row.proof.cases)
    both = row.model_copy(update={"proof": row.proof.model_copy(update={"cases": same})})

    body = render(record(task("T1", "acme/a")), TICKET, [PULL], "acme/a", [both])

    assert body.count("no module") == 1
    assert "failed, the same" in body
