"""Processes that race for one budget against the embedded DynamoDB: together they never spend more than there is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from ferry.domain.ledger import total
from ferry.domain.spending import CENT, month_account, task_account, team_account
from local.aws.engine import start_engine
from tests.stack.helpers import FunctionsHere, served
from tests.stack.racer import MOST, TABLE, TEAM_CENTS, draw, dynamodb, store_at
from tests.template import resources

pytestmark = [pytest.mark.stack, pytest.mark.timeout(120)]
ONE, OTHER = "FERRY-1-aaaa", "FERRY-2-bbbb"
MONTH = datetime.now(UTC).strftime("%Y-%m")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    late, url, close = served()
    engine = start_engine(FunctionsHere(), late, url)
    table = resources("AWS::DynamoDB::Table")["TaskTable"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    dynamodb(url).create_table(TableName=TABLE, **{name: table[name] for name in wanted})
    yield url
    close()
    engine.stop()


def race(url: str, *runners: tuple[str, int]) -> list[tuple[int, str]]:
    with ProcessPoolExecutor(len(runners), mp_context=get_context("spawn")) as pool:
        return [future.result() for future in [pool.submit(draw, url, *runner) for runner in runners]]


def test_processes_of_two_tasks_never_spend_more_than_their_teams_budget(url: str) -> None:
    ended = race(url, *[(ONE, 10_000), (OTHER, 10_000)] * 2)

    store, team = store_at(url), team_account("FERRY", MONTH)
    paid = sum(money for money, _ in ended)
    account = store.accounts([team])[team]
    assert TEAM_CENTS * CENT - MOST < paid <= TEAM_CENTS * CENT
    assert (account.spent, account.held) == (paid, 0)
    assert total(store.ledger(ONE)) + total(store.ledger(OTHER)) == paid
    assert store.accounts([month_account(MONTH)])[month_account(MONTH)].spent == paid
    assert all(f"team FERRY in {MONTH} may spend $0.2000" in why for _, why in ended)


def test_processes_of_one_task_never_spend_more_than_was_approved(url: str) -> None:
    task = "OTHER-3-cccc"
    ended = race(url, *[(task, 7)] * 3)

    store, name = store_at(url), task_account(task)
    paid = sum(money for money, _ in ended)
    assert 7 * CENT - MOST < paid <= 7 * CENT
    assert (store.accounts([name])[name].spent, store.accounts([name])[name].held) == (paid, 0)
    assert total(store.ledger(task)) == paid
    assert all(f"/agent raise {task}" in why for _, why in ended)
