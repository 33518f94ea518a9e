"""An agent host and an indexer that remember what they were asked for."""

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


@dataclass
class FakeIndexer:
    asked: list[str] = field(default_factory=list)

    def refresh(self, repo: str) -> None:
        self.asked.append(repo)
