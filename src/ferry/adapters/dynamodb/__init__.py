"""TaskStore and GateStore on Amazon DynamoDB: one table, keys as design §6 and ADR 0010 list them."""

from __future__ import annotations

from ferry.adapters.dynamodb.approvals import DynamoApprovals
from ferry.adapters.dynamodb.budgets import Budgets
from ferry.adapters.dynamodb.deliveries import Deliveries
from ferry.adapters.dynamodb.errors import Errors
from ferry.adapters.dynamodb.gate import DynamoGateStore
from ferry.adapters.dynamodb.lessons import DynamoMemory
from ferry.adapters.dynamodb.records import Records
from ferry.adapters.dynamodb.spending import DynamoSpending
from ferry.adapters.dynamodb.tasks import Tasks
from ferry.adapters.dynamodb.tokens import Tokens

__all__ = ["DynamoApprovals", "DynamoGateStore", "DynamoMemory", "DynamoTaskStore"]


class DynamoTaskStore(Deliveries, Tasks, Tokens, Records, DynamoSpending, Budgets, Errors):
    """The whole record; each base class is one part of the table."""
