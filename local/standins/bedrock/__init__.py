"""Amazon Bedrock's runtime, as strict as the service's model (botocore's own data) and a strict language model are.

Operations: Converse, ConverseStream (both with a prompt cache), ApplyGuardrail. The words come from a screenplay
(`ferry.adapters.scripted_model`).

`extra` keys: ``screenplay`` (folder with one file per agent, needed), ``models`` (prefixes of the models that exist,
separated by commas; default ``anthropic.,amazon.,openai.,scripted``; a region prefix such as ``global.`` is accepted
before each), ``context_tokens`` (default ``200000``).

Any SigV4 signature or bearer token is accepted (the stand-in does not know the caller's secret key), but there must be
one; where `token` is set, a bearer token must equal it. Nothing survives a restart.
"""

from __future__ import annotations

from pathlib import Path

from ferry.adapters.scripted_model import Screenplay
from local.standins.base import StandIn, StandInSettings
from local.standins.bedrock.app import build_app
from local.standins.bedrock.converse import Converse

MODELS = "anthropic.,amazon.,openai.,scripted"


def create(settings: StandInSettings) -> StandIn:
    converse = Converse(
        Screenplay.from_folder(Path(settings.extra["screenplay"])),
        models=tuple(settings.extra.get("models", MODELS).split(",")),
        context_tokens=int(settings.extra.get("context_tokens", "200000")),
    )
    return StandIn("bedrock", build_app(converse, settings.token))
