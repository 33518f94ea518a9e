"""An agent host that remembers what it was asked to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class FakeAgentHost:
    started: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def run(self, agent: str, request: Mapping[str, Any]) -> None:
        self.started.append((agent, request))

    def stop(self, agent: str, request: Mapping[str, Any]) -> None:
        """Nothing runs."""
