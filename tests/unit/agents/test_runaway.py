"""Whatever a model does, its task ends within its budget, by name, and the ledger is what the provider was paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agents.cicd.agent import fix_ci
from agents.cicd.asked import oblige
from agents.execution.agent import execute
from bench.runaway.cases import CASES, fails, play, run, writes
from ferry.agentkit.prices import load_prices
from ferry.agentkit.unfinished import key_of
from ferry.domain.asked import Asked, asked_key
from ferry.domain.ceiling import RAISED
from ferry.domain.errors import BudgetExceeded, ModelRefused, NoProgress
from ferry.domain.ledger import total
from ferry.domain.spending import CENT
from tests.fakes.clock import FakeClock
from tests.fakes.paid_model import PaidModel, calls
from tests.unit.agents.organisation import LIB, TASK, TREBLE, TREBLE_TEST, organisation, plan_task
from tests.unit.agents.test_asked import green
from tests.unit.agents.test_cicd import red

VALID = {"summary": "Trebled", "commit_message": "feat: treble numbers"}

GOOD = (
    calls("write_file", 0, path="tests/test_treble.py", content=TREBLE_TEST),
    calls("write_file", 1, path="treble.py", content=TREBLE),
    calls("submit_result", 2, **VALID),
)


@pytest.mark.parametrize("name", CASES)
def test_a_runaway_ends_within_its_budget_by_name_and_the_books_agree(name: str) -> None:
    books, org = play(CASES[name])

    assert books.faults() == []
    ledger = org.store.ledger(TASK)
    assert [line.reserved >= line.micro_dollars for line in ledger] == [True] * len(ledger)
    assert bool(org.events("answer lost")) is bool(books.unread)


@pytest.mark.parametrize(
    "changed",
    [{"ended": ModelRefused("no")}, {"charged": 2_000_000}, {"paid": 1}, {"lost": 10**9}, {"account": (0, 0)}],
)
def test_books_that_are_wrong_are_seen(changed: dict[str, Any]) -> None:
    books, _ = play(CASES["is cut off mid-answer, once"])

    assert replace(books, **changed).faults() != []


def test_an_answer_is_shortened_before_it_is_refused() -> None:
    model = PaidModel(writes, load_prices())

    run(model, 30)

    limits = [request.max_tokens for request in model.asked]
    assert limits[0] == 8192
    assert limits[-1] < 8192


def test_nothing_is_asked_that_could_not_be_paid_for() -> None:
    model = PaidModel(writes, load_prices())

    _, ended = run(model, 1)

    assert model.asked == []
    assert f"task {TASK} may spend $0.0100, has $0.0100 left" in str(ended)
    assert f"/agent raise {TASK}" in str(ended)


def test_at_the_limit_the_work_is_kept_named_and_goes_on_from_there_after_a_raise() -> None:
    model = PaidModel(writes, load_prices())
    org, _ = run(model, 30)
    request = org.request("execution")
    [kept] = org.events("unfinished work kept")
    assert "treble.py" in kept
    assert b"+x = 1" in org.artifacts.get(key_of(request))
    body = org.forge.repos[LIB].pulls[org.pull().number].body
    assert "Stopped before it was done" in body
    assert "- `treble.py`" in body
    spent = total(org.store.ledger(TASK))

    org.gate.raise_ceiling(TASK, {"cents": "100", "by": "slack:U1", "through": "slack:d1"})
    lines = iter(GOOD)
    again = PaidModel(lambda turn: next(lines), load_prices())
    done = execute(request, replace(org.bench, model=again))

    assert done["commits"] == 1
    assert org.text("treble.py") == TREBLE
    assert "it ended by BudgetExceeded" in again.asked[0].messages[0].text
    assert "+x = 1" in again.asked[0].messages[0].text
    assert len(org.events("unfinished work shown")) == 1
    assert spent < total(org.store.ledger(TASK)) <= 130 * CENT
    assert RAISED in [record.kind for record in org.gate.audit(TASK)[0]]


def test_what_was_committed_before_the_limit_stays() -> None:
    tasks = (plan_task(), plan_task("T2", file="more.py", test="tests/test_more.py"))
    org = organisation({}, tasks=tasks, budget_cents=40)
    said = iter(GOOD)

    with pytest.raises(BudgetExceeded):
        execute(org.request("execution"),
                replace(org.bench, model=PaidModel(lambda turn: next(said, writes(turn)), load_prices())))  # fmt: skip

    assert org.text("treble.py") == TREBLE
    assert len(org.events("proved")) == 1


def test_what_the_pull_request_said_before_it_was_stopped_stays_and_the_note_goes_when_it_is_mended() -> None:
    org = red(budget_cents=30)
    request = org.request("cicd", head=org.head())
    number = org.pull().number
    org.forge.update_pull_request(LIB, number, body="### Proof\n\n| T1 | trebles |\n")

    with pytest.raises(BudgetExceeded):
        fix_ci(request, replace(org.bench, model=PaidModel(writes, load_prices())))

    stopped = org.forge.repos[LIB].pulls[number].body
    assert stopped.startswith("### Proof\n\n| T1 | trebles |\n")
    assert "ci-1 stopped by BudgetExceeded" in stopped
    assert "- `treble.py`" in stopped
    assert org.events("unfinished work kept") != []

    org.gate.raise_ceiling(TASK, {"cents": "100", "by": "slack:U1", "through": "slack:d1"})
    escalated = calls("submit_result", 0, outcome="escalated", cause="real", what="Sum.", commit_message="")
    again = PaidModel(lambda turn: escalated, load_prices())
    fix_ci(request, replace(org.bench, model=again))

    assert "An attempt before this one ended by BudgetExceeded" in again.asked[0].messages[0].text
    assert "+x = 1" in again.asked[0].messages[0].text
    mended = org.forge.repos[LIB].pulls[number].body
    assert "| T1 | trebles |" in mended
    assert "Stopped before" not in mended


def test_unfinished_work_that_was_kept_for_too_long_is_begun_anew_and_the_timeline_says_so() -> None:
    org, _ = run(PaidModel(writes, load_prices()), 30)
    clock = org.bench.clock
    assert isinstance(clock, FakeClock)
    org.gate.raise_ceiling(TASK, {"cents": "100", "by": "slack:U1", "through": "slack:d1"})
    clock.advance(org.bench.kept_seconds + 1)
    again = PaidModel(fails, load_prices())

    with pytest.raises(NoProgress):
        execute(org.request("execution"), replace(org.bench, model=again))

    assert "ended by" not in again.asked[0].messages[0].text
    assert org.events("unfinished work shown") == []
    assert org.events("unfinished work expired") == [
        "acme/lib T1: kept for longer than 604800 s; the next attempt begins anew"
    ]


def test_a_requested_change_that_ends_at_its_limit_is_kept_and_shown_to_whoever_asks_again() -> None:
    org = green(budget_cents=30)
    request = org.request("cicd", head=org.head(), asked="r1")
    model = PaidModel(writes, load_prices())

    with pytest.raises(BudgetExceeded):
        oblige(request, replace(org.bench, model=model))

    assert model.paid == total(org.store.ledger(TASK)) <= 30 * CENT
    assert "treble.py" in org.events("unfinished work kept")[0]
    assert "asked-r1 stopped by BudgetExceeded" in org.forge.repos[LIB].pulls[org.pull().number].body

    org.gate.raise_ceiling(TASK, {"cents": "100", "by": "slack:U1", "through": "slack:d1"})
    asked = Asked(id="r2", by="ann", kind="fix", text="The same again, please.")
    org.artifacts.put(asked_key(TASK, "r2"), asked.model_dump_json().encode())
    declined = calls("submit_result", 0, outcome="declined", what="Not so.", commit_message="")
    again = PaidModel(lambda turn: declined, load_prices())
    oblige(org.request("cicd", head=org.head(), asked="r2", fix=2), replace(org.bench, model=again))

    assert '<untrusted kind="unfinished">' in again.asked[0].messages[0].text
    assert "+x = 1" in again.asked[0].messages[0].text


def test_unfinished_work_of_another_commit_is_not_shown() -> None:
    org, _ = run(PaidModel(writes, load_prices()), 30)
    request = org.request("execution")
    org.artifacts.put(key_of(request), org.artifacts.get(key_of(request)).replace(b'"head":"', b'"head":"0'))
    org.gate.raise_ceiling(TASK, {"cents": "100", "by": "slack:U1", "through": "slack:d1"})
    again = PaidModel(fails, load_prices())

    with pytest.raises(NoProgress):
        execute(request, replace(org.bench, model=again))

    assert "ended by" not in again.asked[0].messages[0].text
    assert org.events("unfinished work shown") == []
