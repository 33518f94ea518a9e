"""Circuits in memory; passes the same contract test as DynamoDB."""

from __future__ import annotations

from threading import Lock

from ferry.domain.circuit import Circuit
from ferry.domain.errors import Conflict


class FakeModelHealth:
    def __init__(self) -> None:
        self.kept: dict[str, Circuit] = {}
        self._lock = Lock()

    def circuit(self, model: str) -> Circuit:
        return self.kept.get(model, Circuit(model=model))

    def keep(self, circuit: Circuit) -> None:
        with self._lock:
            if circuit.model in self.kept and self.kept[circuit.model].version != circuit.version - 1:
                raise Conflict("somebody else told this model's health")
            self.kept[circuit.model] = circuit
