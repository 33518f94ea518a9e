"""Processes that race for one budget against the embedded DynamoDB: together they never spend more than there is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from ferry.domain.ledger import total
from ferry.domain.spending import CENT, task_account, team_account
from local.aws.engine import start_engine
from tests.stack.helpers import FunctionsHere, served
from tests.stack.racer import MOST, TABLE, TEAM_CENTS, draw, dynamodb, store_at
from tests.template import resources

pytestmark = [pytest.mark.stack, pytest.mark.timeout(120)]
ROUNDS = 8
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


def race(url: str, ceiling: int, *runners: list[str]) -> list[list[tuple[int, str]]]:
    """For each round, how each runner ended. runners: the tasks that one process spends for, one after the other."""
    with ProcessPoolExecutor(len(runners), mp_context=get_context("spawn")) as pool:
        ended = [future.result() for future in [pool.submit(draw, url, tasks, ceiling) for tasks in runners]]
    return [list(round_) for round_ in zip(*ended, strict=True)]


def test_processes_of_two_tasks_never_spend_more_than_their_teams_budget(url: str) -> None:
    teams = [f"TEAM{number}" for number in range(ROUNDS)]
    ones, others = ([f"{team}-{number}-aaaa" for team in teams] for number in (1, 2))

    rounds = race(url, 10_000, ones, others, ones, others)

    store = store_at(url)
    for team, one, other, ended in zip(teams, ones, others, rounds, strict=True):
        paid, name = sum(money for money, _ in ended), team_account(team, MONTH)
        account = store.accounts([name])[name]
        assert TEAM_CENTS * CENT - MOST < paid <= TEAM_CENTS * CENT
        assert (account.spent, account.held) == (paid, 0)
        assert total(store.ledger(one)) + total(store.ledger(other)) == paid
        assert all(f"team {team} in {MONTH} may spend $0.0400" in why for _, why in ended)


def test_processes_of_one_task_never_spend_more_than_was_approved(url: str) -> None:
    tasks = [f"OTHER{number}-3-cccc" for number in range(ROUNDS)]

    rounds = race(url, 3, tasks, tasks, tasks)

    store = store_at(url)
    for task, ended in zip(tasks, rounds, strict=True):
        paid, name = sum(money for money, _ in ended), task_account(task)
        assert 3 * CENT - MOST < paid <= 3 * CENT
        assert (store.accounts([name])[name].spent, store.accounts([name])[name].held) == (paid, 0)
        assert total(store.ledger(task)) == paid
        assert all(f"/agent raise {task}" in why for _, why in ended)
