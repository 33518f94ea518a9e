"""The circuit breaker of a chain over the shared `ModelHealth`; a record that cannot be had never stops a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ferry.domain.circuit import Circuit
from ferry.domain.errors import FerryError, TransientError
from ferry.ports import Clock, ModelHealth

if TYPE_CHECKING:
    from ferry.agentkit.model_chain import Link

TRIES = 3


class Circuits:
    def __init__(self, health: ModelHealth, clock: Clock) -> None:
        self._health, self._clock = health, clock

    def lets(self, link: Link) -> bool:
        """Whether to call now; of all who ask a half-open circuit, one may."""
        circuit = self._read(link)
        match circuit.state(self._now()):
            case "closed":
                return True
            case "open":
                return False
        try:
            self._health.keep(circuit.probing(self._now()))
        except TransientError:
            return False
        return True

    def rests(self, link: Link) -> float:
        """Until when, in seconds since 1970."""
        return self._read(link).rests_until

    def failed(self, link: Link, error: FerryError) -> None:
        self._tell(link, lambda circuit: circuit.failed(self._now(), f"{type(error).__name__}: {error}"))

    def faulted(self, link: Link, error: FerryError) -> None:
        self._tell(link, lambda circuit: circuit.faulted(self._now(), f"{type(error).__name__}: {error}"))

    def succeeded(self, link: Link) -> None:
        if not self._read(link).clean:
            self._tell(link, lambda circuit: circuit.succeeded())

    def _read(self, link: Link) -> Circuit:
        try:
            return self._health.circuit(str(link.name))
        except TransientError:
            return Circuit(model=str(link.name))

    def _tell(self, link: Link, change: Callable[[Circuit], Circuit]) -> None:
        for _ in range(TRIES):
            try:
                self._health.keep(change(self._health.circuit(str(link.name))))
            except TransientError:
                continue
            return

    def _now(self) -> float:
        return self._clock.now().timestamp()
