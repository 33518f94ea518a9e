"""What keeps and moves work: clock, secrets, queue, documents, the workflow engine and where agents run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from ferry.domain.delivery import Delivery
from ferry.domain.paid_steps import History


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""

    def sleep(self, seconds: float) -> None: ...


class Secrets(Protocol):
    def get(self, id: str) -> str:
        """MissingSecret, naming `id` and the remedy, when it has no value."""


class Queue(Protocol):
    def send(self, delivery: Delivery) -> None:
        """Accepted for good, or VendorUnavailable."""


class DeadLetters(Protocol):
    def count(self) -> int:
        """Deliveries that could not be admitted, approximately."""

    def redrive(self) -> int:
        """Give what could not be admitted another try; about how many deliveries that were."""


class ArtifactStore(Protocol):
    """Documents by key, e.g. ``tasks/<id>/plan-1.json``."""

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str) -> bytes:
        """NotFound when there is none."""

    def keys(self, prefix: str) -> list[str]:
        """Sorted."""

    def delete(self, key: str) -> None:
        """Nothing happens if it is gone."""


class WorkflowEngine(Protocol):
    def start(self, name: str, input: Mapping[str, Any]) -> str:
        """Start this engine's machine under a deterministic name; returns the execution's id.

        The same name and input again returns the same execution. Conflict when the name is taken by another input.
        """

    def stop(self, execution: str, reason: str) -> None: ...

    def status(self, execution: str) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; NotFound when the engine does not know it."""

    def history(self, execution: str) -> History:
        """What it did so far; NotFound when the engine does not know it (any more)."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> bool:
        """False when the token was used, expired or unknown: somebody else was first."""

    def fail(self, token: str, error: str, cause: str) -> bool:
        """As `succeed`. error: at most 256 characters; cause: at most 32,768."""

    def heartbeat(self, token: str) -> bool:
        """False when nobody waits any more: stop working."""


class AgentHost(Protocol):
    def run(self, agent: str, request: Mapping[str, Any]) -> None:
        """Start the agent and return at once; it answers through the request's ``token``."""

    def stop(self, agent: str, request: Mapping[str, Any]) -> None:
        """Stop what `run` started with the same request, where the host can."""


class Indexer(Protocol):
    def refresh(self, repo: str) -> None:
        """Have the index of `repo` brought up to date, or removed where it is none of ours; returns at once."""
