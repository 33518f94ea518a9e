"""Circuits of models: ``MODEL#name / CIRCUIT``, shared by every function; forgotten a week after their last change."""

from __future__ import annotations

from ferry.adapters.dynamodb.table import Table
from ferry.domain.circuit import Circuit

KEEP_SECONDS = 7 * 86400
NEXT = "attribute_not_exists(pk) OR version = :before"


class DynamoModelHealth(Table):
    """`ModelHealth`."""

    def circuit(self, model: str) -> Circuit:
        item = self._get(f"MODEL#{model}", "CIRCUIT")
        return Circuit.read(item["data"], f"record {item['pk']}") if item else Circuit(model=model)

    def keep(self, circuit: Circuit) -> None:
        item = {
            "pk": f"MODEL#{circuit.model}",
            "sk": "CIRCUIT",
            "data": circuit.model_dump_json(),
            "version": circuit.version,
            "expires": int(self._clock.now().timestamp()) + KEEP_SECONDS,
        }
        self._put(item, NEXT, before=circuit.version - 1)
