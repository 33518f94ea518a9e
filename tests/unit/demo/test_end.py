"""When the demo may say that all is green, and what it says when it may not."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ferry.domain.estimate import Comparison, Estimate
from ferry.domain.ledger import LedgerEntry, Usage
from local.demo.money import estimate_table, money_table
from local.demo.session import Session
from local.demo.stack import Ground
from local.demo.summary import PullState, all_green, pull_state

PLANNED = ("acme/pricing", "acme/checkout")


def pull(repo: str, state: str = "green") -> PullState:
    return PullState(repo, 1, "http://pull", "t", state, [])


def test_all_is_green_when_every_planned_repository_is() -> None:
    assert all_green([pull(repo) for repo in PLANNED], PLANNED)


@pytest.mark.parametrize("state", ["draft", "closed", "not green"])
def test_one_that_is_not_green_spoils_it(state: str) -> None:
    assert not all_green([pull(PLANNED[0]), pull(PLANNED[1], state)], PLANNED)


def test_a_missing_pull_request_spoils_it() -> None:
    assert not all_green([pull(PLANNED[0])], PLANNED)


def test_nothing_is_not_green() -> None:
    assert not all_green([], ())


@pytest.mark.parametrize(
    ("open_", "draft", "green", "state"),
    [
        ("open", False, True, "green"),
        ("open", False, False, "not green"),
        ("open", True, True, "draft"),
        ("closed", False, True, "closed"),
    ],
)
def test_green_is_what_github_says_of_an_open_pull_request_that_is_no_draft(
    open_: str, draft: bool, green: bool, state: str
) -> None:
    assert pull_state({"state": open_, "draft": draft}, green=green) == state


def test_money_is_told_per_step_within_eighty_columns() -> None:
    usage = Usage(input=24_691, cache_read=98_765, output=7_890)
    entries = [
        LedgerEntry(
            at="t", step=step, attempt=1, model="m", usage=usage, milliseconds=90_000, micro_dollars=1, prices="p"
        )
        for step in ("discovery", "execution", "execution")
    ]
    out = io.StringIO()
    Console(file=out, width=80).print(money_table(entries))

    lines = [line.split() for line in out.getvalue().splitlines() if line.strip()]
    assert ["execution", "2", "246,912", "80", "%", "15,780", "180.0", "s", "$0.0000"] in lines
    assert lines[-1][:2] == ["total", "3"]


def test_work_that_is_not_done_is_not_called_cheap() -> None:
    told = Estimate(least=10_000, likely=20_000, most=40_000, hours=2)

    verdicts = [Comparison(estimate=told, spent=spent, at="t", done=False).verdict for spent in (1, 20_000, 40_001)]

    assert verdicts == ["not above the range so far", "not above the range so far", "above the range"]


@pytest.mark.parametrize(("spent", "verdict"), [(5, "below"), (10, "within"), (40, "within"), (41, "above")])
def test_what_was_told_at_approval_stands_beside_what_it_came_to(spent: int, verdict: str) -> None:
    found = Comparison(estimate=Estimate(least=10_000, likely=20_000, most=40_000, hours=2), spent=spent * 1000, at="t")
    out = io.StringIO()
    Console(file=out, width=80).print(estimate_table(found))

    assert out.getvalue().splitlines()[-2].split()[-4:] == [f"$0.0{spent:02d}0", verdict, "the", "range"]


@pytest.mark.parametrize(("own", "told"), [(True, True), (False, False)])
def test_whoever_is_stopped_learns_how_to_look_and_go_on(own: bool, told: bool) -> None:
    session = Session(Console(file=io.StringIO()), {}, interactive=False, ground=Ground({}, own))
    session.ticket, session.task_id = "FERRY-1", "FERRY-1-a"

    said = session.where()

    assert "python -m ferry status FERRY-1-a" in said
    assert "python -m ferry resume FERRY-1-a" in said
    assert ("make up" in said) is told


def test_whoever_is_out_of_money_learns_what_lets_it_go_on() -> None:
    session = Session(Console(file=io.StringIO()), {}, interactive=False, ground=Ground({}, own=True))
    session.ticket, session.task_id = "FERRY-1", "FERRY-1-a"

    assert "python -m ferry raise FERRY-1-a 5  lets it spend $5 more" in session.where("over_budget")
    assert "resume" not in session.where("over_budget")
