"""The ports that use cases work with, gathered once per entry point."""

from __future__ import annotations

from dataclasses import dataclass

from ferry.ports import ArtifactStore, Chat, Clock, Forge, IssueTracker, TaskStore, WorkflowEngine


@dataclass(frozen=True)
class World:
    store: TaskStore
    artifacts: ArtifactStore
    engine: WorkflowEngine
    forge: Forge
    tracker: IssueTracker
    chat: Chat
    clock: Clock

    def now(self) -> str:
        """RFC 3339 in UTC, to the millisecond."""
        return self.clock.now().isoformat(timespec="milliseconds")
