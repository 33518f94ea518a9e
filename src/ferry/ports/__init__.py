"""What Ferry needs of the world, in its own words. Adapters raise leaves of `ferry.domain.errors` and nothing else."""

from __future__ import annotations

from ferry.ports.forge import (
    ChangedFile,
    Comparison,
    Forge,
    LoggedCommit,
    PullRequestRef,
    RepositoryRef,
    ReviewComment,
    TreeFile,
)
from ferry.ports.gate import Approvals, GateStore
from ferry.ports.memory import Kept, Memory, Recall
from ferry.ports.mind import CommandResult, Guardrail, LanguageModel, ModelHealth, Sandbox
from ferry.ports.money import Spending
from ferry.ports.people import Chat, Directory, IssueTracker, LabelledTicket, TicketRef
from ferry.ports.record import TaskStore
from ferry.ports.watch import ErrorTracker, HookLog
from ferry.ports.work import AgentHost, ArtifactStore, Clock, DeadLetters, Indexer, Queue, Secrets, WorkflowEngine

__all__ = [
    "AgentHost",
    "Approvals",
    "ArtifactStore",
    "ChangedFile",
    "Chat",
    "Clock",
    "CommandResult",
    "Comparison",
    "DeadLetters",
    "Directory",
    "ErrorTracker",
    "Forge",
    "GateStore",
    "Guardrail",
    "HookLog",
    "Indexer",
    "IssueTracker",
    "Kept",
    "LabelledTicket",
    "LanguageModel",
    "LoggedCommit",
    "Memory",
    "ModelHealth",
    "PullRequestRef",
    "Queue",
    "Recall",
    "RepositoryRef",
    "ReviewComment",
    "Sandbox",
    "Secrets",
    "Spending",
    "TaskStore",
    "TicketRef",
    "TreeFile",
    "WorkflowEngine",
]
