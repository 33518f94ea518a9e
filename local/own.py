"""How a person's wishes become a stack of one's own: the model's words, its credentials, and where code runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ferry.adapters.bubblewrap import Bubblewrap
from local.model import Model
from local.stack import Stack, StackSettings, start_stack


def sandbox_warning(environ: Mapping[str, str], why: str) -> str:
    """One line when the sample's code has to run as a plain process; empty when a sandbox runs it, or nothing may.

    why: `Bubblewrap.unavailable()`.
    """
    if not why or not own_sample(environ):
        return ""
    return f"No sandbox ({why.splitlines()[0]}): the sample's code, Ferry's own, runs as a plain process."


def own_sample(environ: Mapping[str, str]) -> bool:
    """Only then a stack may do without a sandbox; for anybody else's code SANDBOX must be set by name."""
    return not environ.get("GITHUB_API_URL") and not environ.get("SANDBOX")


def unavailable_sandbox() -> str:
    return Bubblewrap().unavailable()


def start(environ: Mapping[str, str], model: Model, *, plain: bool) -> Stack:
    """plain: without bubblewrap. Errors as `start_stack`."""
    environment = {**environ, **model.environment} | ({"SANDBOX": "subprocess"} if plain else {})
    settings = StackSettings(environment=environment, function_environment=model.functions)
    stack = start_stack(replace(settings, region=model.region) if model.region else settings)
    if model.key:
        _put_key(stack.clients("secretsmanager"), model.key)
    return stack


def _put_key(secrets: Any, key: str) -> None:
    found = secrets.list_secrets()["SecretList"]
    name = next(secret["Name"] for secret in found if secret["Name"].endswith("/ModelKey"))
    secrets.put_secret_value(SecretId=name, SecretString=key)
