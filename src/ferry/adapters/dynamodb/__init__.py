"""TaskStore on Amazon DynamoDB: one table, keys as design §6 lists them."""

from __future__ import annotations

from ferry.adapters.dynamodb.approvals import Approvals
from ferry.adapters.dynamodb.budgets import Budgets
from ferry.adapters.dynamodb.deliveries import Deliveries
from ferry.adapters.dynamodb.errors import Errors
from ferry.adapters.dynamodb.records import Records
from ferry.adapters.dynamodb.tasks import Tasks


class DynamoTaskStore(Deliveries, Tasks, Approvals, Records, Budgets, Errors):
    """The whole record; each base class is one part of the table."""
