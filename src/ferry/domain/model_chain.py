"""Which models an agent may think with, and in which order: the settings MODEL and MODELS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ferry.domain.document import canonical
from ferry.domain.errors import InvalidSettings

AGENTS = ("discovery", "planning", "execution", "cicd", "sentry", "slack")
REST = "*"
FORMS = "bedrock:<model or profile id> or openai:<base url>#<model>"


@dataclass(frozen=True)
class ModelName:
    """place: the base URL of a server, "" for Bedrock; id: what the vendor and the price table call the model."""

    kind: Literal["bedrock", "openai"]
    place: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}#{self.id}" if self.place else f"{self.kind}:{self.id}"

    @classmethod
    def read(cls, text: str, where: str = "MODEL") -> ModelName:
        """InvalidSettings for another form."""
        kind, _, rest = text.partition(":")
        if kind == "bedrock" and rest:
            return cls("bedrock", "", rest)
        place, _, model = rest.rpartition("#")
        if kind == "openai" and place.startswith(("http://", "https://")) and model:
            return cls("openai", place, model)
        raise InvalidSettings(f"{where} is {text!r}; write {FORMS}")


@dataclass(frozen=True)
class ModelChains:
    """default: the chain of every agent that `agents` does not name. The first model of a chain is preferred."""

    default: tuple[ModelName, ...]
    agents: Mapping[str, tuple[ModelName, ...]]

    def of(self, agent: str) -> tuple[ModelName, ...]:
        return self.agents.get(agent, self.default)

    def all(self) -> tuple[ModelName, ...]:
        """Each model once, in the order in which it is first named."""
        return tuple(dict.fromkeys(name for chain in (self.default, *self.agents.values()) for name in chain))

    @property
    def approved(self) -> str:
        """What a mandate covers: the default model alone as MODEL names it, or every chain."""
        if not self.agents and len(self.default) == 1:
            return str(self.default[0])
        named = {REST: self.default, **self.agents}
        return canonical({agent: [str(name) for name in chain] for agent, chain in named.items()}).decode()


def read_chains(model: str, models: str) -> ModelChains:
    """model: the setting MODEL; models: MODELS, ``{"<agent>" or "*": ["<model>", …]}`` as JSON, or "".

    InvalidSettings names the setting, the agent and the remedy, all faults at once.
    """
    given, faults = _parsed(models), []
    chains: dict[str, tuple[ModelName, ...]] = {}
    for agent, names in given.items():
        try:
            chains[agent] = _chain(agent, names)
        except InvalidSettings as error:
            faults.append(str(error))
    if faults:
        raise InvalidSettings("; ".join(faults))
    default = chains.pop(REST, ()) or (ModelName.read(model),)
    return ModelChains(default, chains)


def _parsed(models: str) -> dict[str, Any]:
    try:
        given = json.loads(models or "{}")
    except ValueError as error:
        raise InvalidSettings(f"MODELS is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise InvalidSettings(f'MODELS must be an object: {{"planning": ["{FORMS}", …], "*": […]}}')
    return given


def _chain(agent: str, names: object) -> tuple[ModelName, ...]:
    where = f"MODELS.{agent}"
    if agent not in (*AGENTS, REST):
        raise InvalidSettings(
            f"{where}: there is no such agent; there are {', '.join(AGENTS)}, and {REST} for the rest"
        )
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise InvalidSettings(f"{where} must be a list of models, the preferred first: {FORMS}")
    if len(set(names)) < len(names):
        raise InvalidSettings(f"{where} names a model twice")
    return tuple(ModelName.read(name, f"{where}.{place}") for place, name in enumerate(names))
