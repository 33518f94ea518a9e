"""The ports that use cases work with, gathered once per entry point."""

from __future__ import annotations

from typing import Protocol

from ferry.domain.change_set import MergeOrder
from ferry.domain.model_chain import ModelChains
from ferry.domain.scope import Scope
from ferry.ports import (
    AgentHost,
    ArtifactStore,
    Chat,
    Clock,
    DeadLetters,
    Directory,
    ErrorTracker,
    Forge,
    GateStore,
    HookLog,
    Indexer,
    IssueTracker,
    Memory,
    ModelHealth,
    Queue,
    TaskStore,
    WorkflowEngine,
)


class World(Protocol):
    """Read-only attributes, so that an adapter is built when a use case first touches it."""

    @property
    def store(self) -> TaskStore: ...

    @property
    def gate(self) -> GateStore: ...

    @property
    def artifacts(self) -> ArtifactStore: ...

    @property
    def engine(self) -> WorkflowEngine: ...

    @property
    def incidents(self) -> WorkflowEngine:
        """The engine as `engine`, for the incident machine."""

    @property
    def comments(self) -> WorkflowEngine:
        """The engine as `engine`, for the comment machine."""

    @property
    def forge(self) -> Forge: ...

    @property
    def tracker(self) -> IssueTracker: ...

    @property
    def chat(self) -> Chat: ...

    @property
    def directory(self) -> Directory: ...

    @property
    def errors(self) -> ErrorTracker: ...

    @property
    def hooks(self) -> HookLog | None:
        """None when neither a GitHub App nor a webhook is named (the parameter GithubHook)."""

    @property
    def queue(self) -> Queue: ...

    @property
    def dead_letters(self) -> DeadLetters: ...

    @property
    def agents(self) -> AgentHost:
        """Those that no machine waits for."""

    @property
    def indexer(self) -> Indexer: ...

    @property
    def scope(self) -> Scope:
        """Which repositories are indexed, by configuration."""

    @property
    def merge_order(self) -> MergeOrder:
        """What a pull request of a change set waits for, by configuration."""

    @property
    def health(self) -> ModelHealth: ...

    @property
    def memory(self) -> Memory: ...

    @property
    def chains(self) -> ModelChains:
        """Which models agents think with, by configuration; InvalidSettings where it is none."""

    @property
    def clock(self) -> Clock: ...

    def now(self) -> str:
        """RFC 3339 in UTC, to the millisecond."""
