"""Composition of what agents think with."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ferry.adapters.models import Checked, ModelSettings
    from ferry.adapters.wiring import WorldSettings
    from ferry.domain.context import Context
    from ferry.domain.model_chain import ModelChains
    from ferry.ports import Clock, Guardrail, LanguageModel, ModelHealth, Secrets, TaskStore


class Thinking:
    """Models by `WorldSettings`; whatever is wrong with these is told before anything is paid for."""

    settings: WorldSettings
    clock: Clock

    if TYPE_CHECKING:

        @property
        def store(self) -> TaskStore: ...

        @property
        def secrets(self) -> Secrets: ...

    @cached_property
    def model(self) -> LanguageModel:
        """Each agent's own chain, by the label ``agent`` of a request."""
        from ferry.adapters.models import linker
        from ferry.agentkit.model_manager import ModelManager

        link = linker(self._model_settings, self._models, lambda: self.secrets.get(self.settings.model_key_id))
        return ModelManager(self._models.chains, link, self.health, self.clock, event=self.store.add_event)

    def models_of(self, agent: str) -> tuple[str, ...]:
        """All that may answer it, the preferred one first, as vendors and the price table call them."""
        return tuple(name.id for name in self._models.chains.of(agent))

    def context_of(self, agent: str) -> Context:
        """How much of its conversations is sent."""
        return self._models.context_of(agent)

    @property
    def chains(self) -> ModelChains:
        """InvalidSettings for a form that is none; prices and capabilities are not looked at."""
        from ferry.domain.model_chain import read_chains

        return read_chains(self.settings.model, self.settings.models)

    @cached_property
    def health(self) -> ModelHealth:
        from ferry.adapters.dynamodb.health import DynamoModelHealth
        from ferry.adapters.wiring import client

        return DynamoModelHealth(client("dynamodb"), self.settings.task_table, self.clock)

    @cached_property
    def guardrail(self) -> Guardrail | None:
        """What reads untrusted text, whichever model answers."""
        from ferry.adapters.bedrock_guardrail import configured

        return configured(self.settings.model_guardrail)

    @cached_property
    def _models(self) -> Checked:
        from ferry.adapters.models import check_models

        return check_models(self._model_settings)

    @property
    def _model_settings(self) -> ModelSettings:
        from dataclasses import fields

        from ferry.adapters.models import ModelSettings

        return ModelSettings(**{field.name: getattr(self.settings, field.name) for field in fields(ModelSettings)})
