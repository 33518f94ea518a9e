"""Composition of models: settings to the manager that agents think with."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ferry.agentkit.capabilities import load_capabilities
from ferry.agentkit.model_chain import Link
from ferry.agentkit.prices import load_prices
from ferry.domain.capabilities import CapabilityTable
from ferry.domain.context import Context, Contexts, read_contexts
from ferry.domain.errors import InvalidDocument, InvalidSettings, MissingSecret
from ferry.domain.ledger import PriceTable
from ferry.domain.model_chain import ModelChains, ModelName, read_chains

if TYPE_CHECKING:
    from ferry.ports import LanguageModel

SECONDS_BETWEEN_LINES = 5.0


@dataclass(frozen=True)
class ModelSettings:
    """model: of every agent, unless `models` says otherwise: ``bedrock:<model or inference profile id>`` or
    ``openai:<base url>#<model>``; models: chains by agent as JSON; model_prices, model_capabilities: as JSON;
    model_guardrail: ``<id or ARN>:<version>``; model_cache_ttl, context_window: one value, or by agent as JSON;
    model_stream: on or off."""

    model: str
    models: str = ""
    model_prices: str = ""
    model_capabilities: str = ""
    model_guardrail: str = ""
    model_cache_ttl: str = "5m"
    context_window: str = ""
    model_stream: str = "off"


@dataclass(frozen=True)
class Checked:
    """Settings that can work."""

    chains: ModelChains
    prices: PriceTable
    capabilities: CapabilityTable
    contexts: Contexts

    def context_of(self, agent: str) -> Context:
        chain = self.chains.of(agent)
        return self.contexts.of(agent, min(self.capabilities.of(name.id).context_tokens for name in chain))


def check_models(settings: ModelSettings) -> Checked:
    """InvalidSettings with every fault at once: form, agent, price, capability."""
    from ferry.adapters.bedrock.guardrail import Guardrail

    chains = read_chains(settings.model, settings.models)
    prices, capabilities = load_prices(settings.model_prices), load_capabilities(settings.model_capabilities)
    faults = [fault for name in chains.all() for fault in _faults(name, prices, capabilities)]
    contexts = read_contexts(settings.context_window, settings.model_cache_ttl)
    Guardrail.read(settings.model_guardrail)
    if faults:
        raise InvalidSettings("; ".join(faults))
    return Checked(chains, prices, capabilities, contexts)


def _faults(name: ModelName, prices: PriceTable, capabilities: CapabilityTable) -> list[str]:
    faults = []
    try:
        prices.price_of(name.id)
    except (InvalidSettings, InvalidDocument) as error:
        faults.append(str(error))
    if not capabilities.of(name.id).tools:
        faults.append(f"{name}: cannot call tools, which every agent needs; choose another, or set MODEL_CAPABILITIES")
    return faults


def linker(settings: ModelSettings, checked: Checked, key: Callable[[], str]) -> Callable[[ModelName], Link]:
    """What makes the adapter of a model. key: the servers' key, asked for only where one may want it."""

    def link(name: ModelName) -> Link:
        capable = checked.capabilities.of(name.id)
        return Link(name, _adapter(name, settings, checked, key), capable)

    return link


def _adapter(name: ModelName, settings: ModelSettings, checked: Checked, key: Callable[[], str]) -> LanguageModel:
    watch = logged(str(name)) if settings.model_stream == "on" else None
    if name.kind == "bedrock":
        from ferry.adapters.bedrock import BedrockModel

        return BedrockModel(_bedrock(), checked.capabilities.of, watch=watch)
    from ferry.adapters.openai_compatible import OpenAICompatibleModel

    return OpenAICompatibleModel(name.place, _optional(key), checked.capabilities.of, watch=watch)


@cache
def _bedrock() -> Any:
    from ferry.adapters.bedrock import client

    return client()


def logged(model: str, clock: Callable[[], float] = time.monotonic) -> Callable[[int], None]:
    """A watch that logs how far an answer is, at most every five seconds; never a word of it."""
    log, last = logging.getLogger("ferry.models"), clock()

    def watch(characters: int) -> None:
        nonlocal last
        if clock() - last >= SECONDS_BETWEEN_LINES:
            last = clock()
            log.warning("%s answers: %d characters so far", model, characters)

    return watch


def _optional(key: Callable[[], str]) -> str:
    try:
        return key()
    except MissingSecret:
        return ""
