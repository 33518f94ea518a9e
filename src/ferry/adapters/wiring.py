"""Composition: settings to ports. An adapter is built when first used, so a function pays for what it touches."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from ferry.adapters.clock import SystemClock
from ferry.adapters.wiring_memory import Remembering
from ferry.adapters.wiring_models import Thinking
from ferry.adapters.wiring_people import Meeting
from ferry.adapters.wiring_watch import Watching
from ferry.domain.errors import InvalidSettings
from ferry.settings import read

if TYPE_CHECKING:
    from ferry.adapters.github_http import GitHubApi
    from ferry.ports import (
        AgentHost,
        Approvals,
        ArtifactStore,
        Clock,
        Forge,
        GateStore,
        Secrets,
        TaskStore,
        WorkflowEngine,
    )


@dataclass(frozen=True, kw_only=True)
class WorldSettings:
    """Names of what the stack made, base URLs of the vendors, and ids of secrets. `*_id` names a secret.

    model, models, model_* and context_window: as `ModelSettings`; memory_id: of an AgentCore Memory that ranks lessons;
    slack_agent and index_function: function names.
    github_hook: without an App, whose deliveries are watched, e.g. ``orgs/acme/hooks/42``.
    """

    task_table: str
    artifact_bucket: str
    delivery_machine_arn: str
    github_api_url: str
    github_org: str
    github_token_id: str
    jira_base_url: str
    jira_email: str
    jira_token_id: str
    slack_api_url: str
    slack_channel: str
    slack_token_id: str
    model: str
    models: str = ""
    model_prices: str = ""
    model_capabilities: str = ""
    model_guardrail: str = ""
    model_cache_ttl: str = "5m"
    context_window: str = ""
    model_stream: str = "off"
    model_key_id: str = ""
    memory_id: str = ""
    github_app_id: str = ""
    github_installation_id: str = ""
    github_hook: str = ""
    incident_machine_arn: str = ""
    delivery_queue_url: str = ""
    dead_letter_queue_url: str = ""
    jira_project: str = ""
    jira_issue_type: str = "Bug"
    sentry_base_url: str = ""
    sentry_org: str = ""
    sentry_installation: str = ""
    sentry_token_id: str = ""
    slack_agent: str = ""
    comment_machine_arn: str = ""
    index_function: str = ""
    ignored_repositories: tuple[str, ...] = ()
    indexed_forks: tuple[str, ...] = ()
    merge_order: str = "merged"


class AgentWorld(Watching, Meeting, Thinking, Remembering):
    """What an agent may have over the real adapters: all but the gate, of which it reads what was decided."""

    def __init__(self, settings: WorldSettings) -> None:
        self.settings = settings
        self.clock: Clock = SystemClock()

    @classmethod
    def from_environment(cls) -> Self:
        return cls(read(WorldSettings, os.environ))

    def still_wanted(self) -> None:
        """NobodyWaits once the machine waits no more; here no machine waits. See `while_waited_for`."""

    def now(self) -> str:
        return self.clock.now().isoformat(timespec="milliseconds")

    @cached_property
    def store(self) -> TaskStore:
        from ferry.adapters.dynamodb import DynamoTaskStore

        return DynamoTaskStore(client("dynamodb"), self.settings.task_table, self.clock)

    @cached_property
    def approvals(self) -> Approvals:
        from ferry.adapters.dynamodb import DynamoApprovals

        return DynamoApprovals(client("dynamodb"), self.settings.task_table, self.clock)

    @cached_property
    def artifacts(self) -> ArtifactStore:
        from ferry.adapters.s3 import S3ArtifactStore

        return S3ArtifactStore(client("s3"), self.settings.artifact_bucket)

    @cached_property
    def engine(self) -> WorkflowEngine:
        from ferry.adapters.step_functions import StepFunctionsEngine

        return StepFunctionsEngine(client("stepfunctions"), self.settings.delivery_machine_arn)

    @cached_property
    def secrets(self) -> Secrets:
        from ferry.adapters.secrets_manager import SecretsManagerSecrets

        return SecretsManagerSecrets(client("secretsmanager"))

    @cached_property
    def forge(self) -> Forge:
        from ferry.adapters.github import GitHubForge

        app = self.settings.github_app_id
        return GitHubForge(self.github, "" if app else self.settings.github_org, app)

    @cached_property
    def github(self) -> GitHubApi:
        from ferry.adapters.github_http import GitHubApi

        return GitHubApi(self.settings.github_api_url, self._github_token())

    def _github_token(self) -> Callable[[], str]:
        from ferry.adapters.github_auth import InstallationToken

        settings = self.settings
        if not settings.github_app_id:
            return lambda: self.secrets.get(settings.github_token_id)
        key = self.secrets.get(settings.github_token_id)
        return InstallationToken(
            settings.github_api_url, settings.github_app_id, key, settings.github_installation_id, clock=self.clock
        )

    @cached_property
    def agents(self) -> AgentHost:
        return agent_host("lambda", {"slack": self.settings.slack_agent})


class CloudWorld(AgentWorld):
    """`ferry.usecases.world.World` over the real adapters."""

    @cached_property
    def gate(self) -> GateStore:
        from ferry.adapters.dynamodb import DynamoGateStore

        return DynamoGateStore(client("dynamodb"), self.settings.task_table, self.clock)


def agent_host(kind: str, agents: Mapping[str, str]) -> AgentHost:
    """kind: the setting AGENT_HOST; agents: function name per agent."""
    from ferry.adapters.lambda_host import LambdaAgentHost

    if kind != "lambda":
        raise InvalidSettings(f"AGENT_HOST is {kind!r}; the hosts there are: lambda")
    return LambdaAgentHost(client("lambda"), agents)


def client(service: str) -> Any:
    """A boto3 client with Ferry's time limits, by the ordinary credential chain."""
    import boto3

    from ferry.adapters.aws import config

    return boto3.client(service, config=config())
