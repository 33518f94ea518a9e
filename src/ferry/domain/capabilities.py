"""What a model takes and how much of it: data, because newer models answer 400 to what older ones wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError

from ferry.domain.document import Document, problems
from ferry.domain.errors import InvalidSettings

Ttl = Literal["5m", "1h"]


class Capabilities(Document):
    """The defaults are what any model takes: an unknown one is asked for little and told nothing special.

    tools: calls tools at all; forced_tool, sampling: takes `toolChoice` any/tool, temperature and top_p; thinking:
    whether it thinks before it answers; context_tokens, max_output: tokens; cache: where a cache point may stand;
    cache_minimum: tokens of the shortest prefix that is cached; cache_ttls: how long one may be kept;
    input_includes_cache: whether the vendor's input tokens count what the cache gave (None: as its protocol says);
    limit: the field that bounds a chat completion; reasoning_back: the field in which a chat completions server wants
    its own reasoning again, "" where it does not; thoughts_bound: whether a thought is refused when something before it
    is another than when it was thought.
    """

    tools: bool = True
    forced_tool: bool = False
    sampling: bool = False
    thinking: Literal["none", "optional", "always"] = "none"
    context_tokens: int = 32_768
    max_output: int = 8_192
    cache: tuple[Literal["tools", "system", "messages"], ...] = ()
    cache_minimum: int = 1_024
    cache_ttls: tuple[Ttl, ...] = ("5m",)
    thoughts_bound: bool = False
    input_includes_cache: bool | None = None
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    reasoning_back: Literal["", "reasoning_content", "reasoning"] = ""


class CapabilityTable(Document):
    """models: by model id without its region prefix; version: the day it was read; sources: where."""

    version: str
    sources: tuple[str, ...]
    models: Mapping[str, Capabilities]

    def of(self, model: str) -> Capabilities:
        """Of the longest name that fits `model`, an id or an ARN; the defaults for an unknown one."""
        known = [name for name in self.models if fits(model, name)]
        return self.models[max(known, key=len)] if known else Capabilities()

    def overridden(self, changes: Mapping[str, Any]) -> CapabilityTable:
        """changes: by model, the fields that differ. InvalidSettings names the model and the field."""
        models = dict(self.models)
        for model, fields in changes.items():
            try:
                models[model] = Capabilities.model_validate({**self.of(model).model_dump(), **fields})
            except (ValidationError, TypeError) as error:
                why = problems(error) if isinstance(error, ValidationError) else "must be an object of fields"
                raise InvalidSettings(f"MODEL_CAPABILITIES: {model}: {why}") from error
        return self.model_copy(update={"models": models})


def fits(model: str, known: str) -> bool:
    """Whether `known` is `model` but for a region's prefix and a version's suffix, as in the price table."""
    return model == known or model.endswith(f".{known}") or model.startswith(f"{known}:")
