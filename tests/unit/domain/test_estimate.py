"""What is to come is estimated from what the plan did cost, or not at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ferry.agentkit.prices import load_prices
from ferry.domain.estimate import estimate
from ferry.domain.ledger import LedgerEntry, PriceTable, Usage
from tests.unit.domain.test_plan_md import record

PRICES = load_prices()
HOURS = 5  # of the record's two tasks


def call(step: str = "planning", tokens: int = 1000, model: str = "scripted", paid: int = 0) -> LedgerEntry:
    return LedgerEntry(
        at="",
        step=step,
        attempt=1,
        model=model,
        usage=Usage(input=tokens),
        milliseconds=1,
        micro_dollars=paid,
        prices="",
    )


def test_each_planned_hour_costs_what_a_plan_did_at_todays_prices() -> None:
    found = estimate(record(), [call("discovery", 99_999), call(), call(tokens=500, paid=7)], PRICES)

    assert found is not None
    assert (found.hours, found.likely) == (HOURS, HOURS * 1500 * 2)
    assert (found.least, found.most) == (found.likely // 2, found.likely * 2)


def test_a_second_revision_is_not_taken_for_a_dearer_plan() -> None:
    once, twice = estimate(record(), [call()], PRICES), estimate(record(revision=2), [call(), call()], PRICES)

    assert once == twice


def test_nothing_to_go_by_is_no_estimate() -> None:
    assert estimate(record(), [], PRICES) is None
    assert estimate(record(), [call("discovery")], PRICES) is None
    assert estimate(record(), [call(model="unpriced")], PRICES) is None
    assert estimate(record(), [call()], PriceTable(version="", sources=(), models={})) is None


@given(calls=st.lists(st.integers(0, 10**9), max_size=5), revision=st.integers(1, 9))
def test_an_estimate_is_in_order_and_never_free(calls: list[int], revision: int) -> None:
    found = estimate(record(revision=revision), [call(tokens=tokens) for tokens in calls], PRICES)

    assert (found is None) is (sum(calls) == 0)
    assert found is None or 0 <= found.least <= found.likely <= found.most
    assert found is None or found.likely > 0
