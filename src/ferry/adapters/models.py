"""The setting MODEL: ``bedrock:<model or inference profile id>`` or ``openai:<base url>#<model>``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ferry.domain.errors import InvalidSettings, MissingSecret

if TYPE_CHECKING:
    from ferry.ports import LanguageModel


def language_model(setting: str, key: Callable[[], str]) -> LanguageModel:
    """key: the server's key, asked for only where a server may want one. InvalidSettings for another form."""
    kind, place, _ = _parts(setting)
    if kind == "bedrock":
        from ferry.adapters.bedrock import BedrockModel, client

        return BedrockModel(client())
    from ferry.adapters.openai_compatible import OpenAICompatibleModel

    return OpenAICompatibleModel(place, _optional(key))


def model_id(setting: str) -> str:
    """The vendor's own name of the model."""
    return _parts(setting)[2]


def _parts(setting: str) -> tuple[str, str, str]:
    kind, _, rest = setting.partition(":")
    if kind == "bedrock" and rest:
        return kind, "", rest
    place, _, model = rest.rpartition("#")
    if kind == "openai" and place.startswith(("http://", "https://")) and model:
        return kind, place, model
    raise InvalidSettings(f"MODEL is {setting!r}; write bedrock:<model or profile id> or openai:<base url>#<model>")


def _optional(key: Callable[[], str]) -> str:
    try:
        return key()
    except MissingSecret:
        return ""
