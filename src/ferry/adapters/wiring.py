"""Composition: settings to ports. An adapter is built when first used, so a function pays for what it touches."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ferry.settings import read

if TYPE_CHECKING:
    from ferry.ports import (
        ArtifactStore,
        Chat,
        Clock,
        Forge,
        IssueTracker,
        LanguageModel,
        Secrets,
        TaskStore,
        WorkflowEngine,
    )


@dataclass(frozen=True, kw_only=True)
class WorldSettings:
    """Names of what the stack made, base URLs of the vendors, and ids of secrets. `*_id` names a secret.

    model: ``bedrock:<model or inference profile id>`` or ``openai:<base url>#<model>``.
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
    model_key_id: str = ""
    github_app_id: str = ""
    github_installation_id: str = ""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        import time

        time.sleep(seconds)


class CloudWorld:
    """`ferry.usecases.world.World` over the real adapters."""

    def __init__(self, settings: WorldSettings) -> None:
        self.settings = settings
        self.clock: Clock = SystemClock()

    @classmethod
    def from_environment(cls) -> CloudWorld:
        return cls(read(WorldSettings, os.environ))

    def now(self) -> str:
        return self.clock.now().isoformat(timespec="milliseconds")

    @cached_property
    def store(self) -> TaskStore:
        from ferry.adapters.dynamodb import DynamoTaskStore

        return DynamoTaskStore(_client("dynamodb"), self.settings.task_table, self.clock)

    @cached_property
    def artifacts(self) -> ArtifactStore:
        from ferry.adapters.s3 import S3ArtifactStore

        return S3ArtifactStore(_client("s3"), self.settings.artifact_bucket)

    @cached_property
    def engine(self) -> WorkflowEngine:
        from ferry.adapters.step_functions import StepFunctionsEngine

        return StepFunctionsEngine(_client("stepfunctions"), self.settings.delivery_machine_arn)

    @cached_property
    def secrets(self) -> Secrets:
        from ferry.adapters.secrets_manager import SecretsManagerSecrets

        return SecretsManagerSecrets(_client("secretsmanager"))

    @cached_property
    def forge(self) -> Forge:
        raise AssertionError

    @cached_property
    def tracker(self) -> IssueTracker:
        raise AssertionError

    @cached_property
    def chat(self) -> Chat:
        raise AssertionError

    @cached_property
    def model(self) -> LanguageModel:
        raise AssertionError


def _client(service: str) -> Any:
    import boto3

    from ferry.adapters.aws import config

    return boto3.client(service, config=config())  # type: ignore[call-overload]
