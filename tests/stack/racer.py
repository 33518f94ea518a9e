"""One process that spends a budget as fast as it can. It imports little, because every process imports it anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3

from ferry.adapters.clock import SystemClock
from ferry.adapters.dynamodb import DynamoApprovals, DynamoTaskStore
from ferry.agentkit.purse import task_purse
from ferry.domain.errors import BudgetExceeded
from ferry.domain.ledger import LedgerEntry, Usage
from ferry.domain.spending import Caps

TABLE, TEAM_CENTS, MOST, LEAST = "tasks", 4, 9_000, 3_000


def dynamodb(url: str) -> Any:
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
    return boto3.client("dynamodb", endpoint_url=url, **keys)


def store_at(url: str) -> DynamoTaskStore:
    return DynamoTaskStore(dynamodb(url), TABLE, SystemClock())


def entry(money: int) -> LedgerEntry:
    return LedgerEntry(
        at=datetime.now(UTC).isoformat(), step="execution", attempt=1, model="m", usage=Usage(input=1), milliseconds=1,
        micro_dollars=money, prices="v",
    )  # fmt: skip


def draw(url: str, tasks: list[str], ceiling: int) -> list[tuple[int, str]]:
    """Each task until it is refused: what it paid in all, and why it stopped."""
    return [_draw(url, task, ceiling) for task in tasks]


def _draw(url: str, task: str, ceiling: int) -> tuple[int, str]:
    """Every other call costs less than is reserved."""
    store, approvals = store_at(url), DynamoApprovals(dynamodb(url), TABLE, SystemClock())
    purse = task_purse(store, approvals, SystemClock(), task, caps=Caps(10_000, TEAM_CENTS), ceiling_cents=ceiling)
    paid, actual = 0, LEAST
    while True:
        try:
            held = purse.reserve(entry(MOST))
        except BudgetExceeded as refused:
            return paid, str(refused)
        purse.settle(held, entry(actual))
        paid, actual = paid + actual, MOST if actual == LEAST else LEAST
