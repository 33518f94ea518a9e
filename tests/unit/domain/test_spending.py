"""No order of reserving, settling and dying passes a limit, as long as no call costs more than was reserved."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ferry.agentkit.purse import TaskPurse
from ferry.domain.errors import BudgetExceeded
from ferry.domain.ledger import LedgerEntry, Price, Tier, Usage
from ferry.domain.spending import HOLD_SECONDS, Caps, Hold, Limit, Subject, limits, team_of, ticket_of
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

LIMIT = 1000
HAIKU = Price(input=0.1, output=0.5, cache_read=0.1, cache_write=0.2, tiers=(Tier(above=100_000, times=5),))
STEPS = st.tuples(
    st.sampled_from(["reserve", "settle", "release", "die", "expire"]), st.integers(0, 400), st.floats(0, 1)
)


def line(money: int) -> LedgerEntry:
    made: dict[str, Any] = {"at": "2026-11-21", "step": "s", "attempt": 1, "model": "m", "usage": Usage()}
    return LedgerEntry(**made, milliseconds=0, micro_dollars=money, prices="p", lost=True)


@given(steps=st.lists(STEPS, max_size=40))
def test_the_sum_of_what_was_paid_never_passes_the_limit(steps: list[tuple[str, int, float]]) -> None:
    clock = FakeClock()
    store, paid, open_ = FakeStore(clock), 0, list[Hold]()
    purse = TaskPurse(store, clock, "t", lambda: (Limit("task:t", LIMIT, "task t", ""), Limit("all", None, "", "")))
    for what, amount, share in steps:
        if what == "reserve":
            try:
                open_.append(purse.reserve(line(amount)))
            except BudgetExceeded:
                assert amount > LIMIT - store.accounts(["all"])["all"].used
        elif what == "expire":
            clock.advance(HOLD_SECONDS)
            purse.charge_expired()
            open_.clear()
        elif open_:
            hold = open_.pop()
            actual = int(hold.micro_dollars * share)
            if what == "settle":
                purse.settle(hold, line(actual))
            elif what == "release":
                purse.release(hold)
            # Who dies has paid, and tells nobody.
            paid += 0 if what == "release" else actual
        assert paid <= store.accounts(["task:t"])["task:t"].used <= LIMIT


@given(
    asked=st.integers(0, 300_000), said=st.integers(0, 10_000), split=st.lists(st.floats(0, 1), min_size=3, max_size=3)
)
def test_no_way_of_caching_costs_more_than_the_most(asked: int, said: int, split: list[float]) -> None:
    left, parts = asked, []
    for share in split:
        parts.append(int(left * share))
        left -= parts[-1]
    usage = Usage(input=left, output=said, cache_read=parts[0], cache_write=parts[1], cache_write_1h=parts[2])

    assert usage.asked == asked
    assert HAIKU.cost(usage) <= HAIKU.most(asked, said)


@given(asked=st.integers(0, 300_000), money=st.integers(0, 10**7))
def test_what_is_affordable_fits_and_one_token_more_does_not(asked: int, money: int) -> None:
    tokens = HAIKU.affords(asked, money)

    assert tokens is not None
    assert tokens < 0 or HAIKU.most(asked, tokens) <= money
    assert HAIKU.most(asked, max(0, tokens) + 4) > money


def test_a_large_input_makes_the_whole_call_dearer() -> None:
    assert HAIKU.cost(Usage(input=100_000, output=100)) == 10_050
    assert HAIKU.cost(Usage(input=100_000, output=100, cache_read=1)) == 50_251


def test_an_answer_of_a_free_model_has_no_bound() -> None:
    assert Price(input=0, output=0, cache_read=0, cache_write=0).affords(10**9, 0) is None


def test_a_raise_lifts_task_and_ticket_and_neither_team_nor_month() -> None:
    caps = Caps(ticket=3000, team=100, month=200, teams={"OPS": "platform"})
    found = limits(Subject("OPS-7-abc123", "2026-11", "OPS-7", "acme/a"), 1000, 500, caps)

    assert {one.account: one.micro_dollars for one in found} == {
        "task:OPS-7-abc123": 15_000_000,
        "ticket:OPS-7": 35_000_000,
        "team:platform:2026-11": 1_000_000,
        "repo:acme/a:2026-11": None,
        "month:2026-11": 2_000_000,
    }


def test_zero_is_no_limit_for_team_and_month() -> None:
    found = limits(Subject("FERRY-1-a", "2026-11", "FERRY-1"), None, 0, Caps(ticket=1))

    assert [one.account for one in found if one.micro_dollars is not None] == ["ticket:FERRY-1"]


def test_a_ticket_and_its_team_are_read_from_names() -> None:
    assert [ticket_of(name) for name in ("FERRY-12-a1b2c3", "incident-9", "questions")] == ["FERRY-12", "", ""]
    assert (team_of("FERRY-12", {}), team_of("OPS-1", {"OPS": "platform"})) == ("FERRY", "platform")
