"""The loop guard's counters: ``BUDGET#name / COUNT``, each a bounded set of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ferry.adapters.dynamodb.table import Table, wire
from ferry.domain.admission.budget import KEEP_SECONDS

FREE = "attribute_not_exists(counted) OR contains(counted, :who) OR size(counted) < :limit"


class Budgets(Table):
    def counted(self, counters: Iterable[str]) -> dict[str, frozenset[str]]:
        found = {name: self._get(*_key(name).values()) for name in counters}
        return {name: frozenset(item["counted"]) for name, item in found.items() if item}

    def count(self, limits: Mapping[str, int], who: str) -> None:
        expires = int(self._clock.now().timestamp()) + KEEP_SECONDS
        self._write([{"Update": self._update(name, limit, who, expires)} for name, limit in limits.items()])

    def _update(self, name: str, limit: int, who: str, expires: int) -> dict[str, Any]:
        values = {":who": who, ":one": {who}, ":limit": limit, ":expires": expires}
        return {
            "TableName": self._name,
            "Key": wire(_key(name)),
            "UpdateExpression": "SET expires = :expires ADD counted :one",
            "ConditionExpression": FREE,
            "ExpressionAttributeValues": wire(values),
        }


def _key(name: str) -> dict[str, str]:
    return {"pk": f"BUDGET#{name}", "sk": "COUNT"}
