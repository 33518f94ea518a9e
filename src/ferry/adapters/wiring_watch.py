"""Composition of what watches: other machines, the error tracker, hook logs, the queue and what it lost."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ferry.domain.change_set import MergeOrder
from ferry.domain.errors import InvalidSettings
from ferry.domain.scope import Scope

if TYPE_CHECKING:
    from ferry.adapters.wiring import WorldSettings
    from ferry.ports import Clock, DeadLetters, ErrorTracker, HookLog, Indexer, Queue, Secrets, WorkflowEngine


class Watching:
    """A part of `AgentWorld`. Imports are where they are used: `wiring` imports this, and functions stay light."""

    settings: WorldSettings
    clock: Clock

    if TYPE_CHECKING:

        @cached_property
        def secrets(self) -> Secrets: ...

    @cached_property
    def incidents(self) -> WorkflowEngine:
        from ferry.adapters.step_functions import StepFunctionsEngine
        from ferry.adapters.wiring import client

        return StepFunctionsEngine(client("stepfunctions"), self.settings.incident_machine_arn)

    @cached_property
    def comments(self) -> WorkflowEngine:
        from ferry.adapters.step_functions import StepFunctionsEngine
        from ferry.adapters.wiring import client

        return StepFunctionsEngine(client("stepfunctions"), self.settings.comment_machine_arn)

    @cached_property
    def queue(self) -> Queue:
        from ferry.adapters.sqs import SqsQueue
        from ferry.adapters.wiring import client

        return SqsQueue(client("sqs"), self.settings.delivery_queue_url)

    @cached_property
    def dead_letters(self) -> DeadLetters:
        from ferry.adapters.sqs import SqsDeadLetters
        from ferry.adapters.wiring import client

        settings = self.settings
        return SqsDeadLetters(client("sqs"), settings.dead_letter_queue_url, settings.delivery_queue_url)

    @cached_property
    def hooks(self) -> HookLog | None:
        from ferry.adapters.github_auth import app_jwt, fixed_token
        from ferry.adapters.github_hooks import GitHubHookLog
        from ferry.adapters.github_http import GitHubApi

        settings = self.settings
        if not (settings.github_app_id or settings.github_hook):
            return None
        secret = self.secrets.get(settings.github_token_id)
        if settings.github_app_id:
            speaker = app_jwt(settings.github_app_id, secret, self.clock)
            return GitHubHookLog(GitHubApi(settings.github_api_url, speaker), self.clock)
        api = GitHubApi(settings.github_api_url, fixed_token(secret))
        return GitHubHookLog(api, self.clock, settings.github_hook)

    @cached_property
    def indexer(self) -> Indexer:
        from ferry.adapters.lambda_host import LambdaIndexer
        from ferry.adapters.wiring import client

        if not self.settings.index_function:
            raise InvalidSettings("nobody refreshes indexes: set INDEX_FUNCTION")
        return LambdaIndexer(client("lambda"), self.settings.index_function)

    @property
    def scope(self) -> Scope:
        return Scope(self.settings.ignored_repositories, self.settings.indexed_forks)

    @property
    def merge_order(self) -> MergeOrder:
        """InvalidSettings for another word."""
        try:
            return MergeOrder(self.settings.merge_order)
        except ValueError as error:
            known = ", ".join(MergeOrder)
            raise InvalidSettings(f"MergeOrder is {self.settings.merge_order!r}; choose one of {known}") from error

    @cached_property
    def errors(self) -> ErrorTracker:
        from ferry.adapters.sentry import SentryErrorTracker

        settings = self.settings
        if not settings.sentry_org:
            raise InvalidSettings("errors are not watched: set SENTRY_ORG (the parameter SentryOrg)")
        token = self.secrets.get(settings.sentry_token_id)
        return SentryErrorTracker(
            settings.sentry_base_url, settings.sentry_org, token, installation=settings.sentry_installation
        )
