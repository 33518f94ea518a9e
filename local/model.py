"""MODEL: checked before anything starts, so that nobody waits for a run that cannot work."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Protocol
from urllib.parse import urlsplit

from ferry.adapters.models import ModelSettings, check_models
from ferry.agentkit.prices import load_prices
from ferry.domain.errors import InvalidDocument, InvalidSettings

SCRIPTED = "bedrock:scripted"
FORMS = "MODEL is bedrock:<model or inference profile id> or openai:<base url>#<model>"


class ModelError(ValueError):
    """What is missing and how to give it."""


class Credentials(Protocol):
    @property
    def access_key(self) -> str | None: ...
    @property
    def secret_key(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...


@dataclass(frozen=True)
class Cloud:
    """What boto3's own chain finds on this machine."""

    credentials: Credentials | None
    region: str


@dataclass(frozen=True)
class Model:
    """name: for a person; environment: of the stack; functions: of every function; key: of an OpenAI-like server."""

    name: str = "the scripted model"
    environment: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict, repr=False)
    region: str = ""
    key: str = field(default="", repr=False)


def find_cloud() -> Cloud:
    import boto3

    session = boto3.Session()
    found: Any = session.get_credentials()
    return Cloud(found.get_frozen_credentials() if found else None, session.region_name or "")


def ask_server(url: str, key: str) -> int:
    """HTTP status of ``GET <base>/models``, 0 when nothing answers."""
    import requests

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        return requests.get(f"{url}/models", headers=headers, timeout=10).status_code
    except requests.RequestException:
        return 0


def check_model(
    environ: Mapping[str, str],
    *,
    cloud: Callable[[], Cloud] = find_cloud,
    status: Callable[[str, str], int] = ask_server,
) -> Model:
    """ModelError names every missing variable and the remedy."""
    text = environ.get("MODEL", "").strip()
    _check_chains(text, environ)
    if not text or text == SCRIPTED:
        return Model()
    kind, _, rest = text.partition(":")
    if kind == "bedrock" and rest:
        return _bedrock(rest, environ, cloud())
    if kind == "openai" and rest:
        return _openai(rest, environ, status)
    raise ModelError(f"{FORMS}, not {text!r}; leave it out for the scripted model")


def _check_chains(model: str, environ: Mapping[str, str]) -> None:
    """MODELS is the template's own setting; what is wrong with it shall not be found in the middle of a run."""
    if not environ.get("MODELS"):
        return
    given = {field.name: environ.get(field.name.upper(), "") for field in fields(ModelSettings)}
    settings = ModelSettings(**{name: value for name, value in given.items() if value} | {"model": model or SCRIPTED})
    try:
        names = check_models(settings).chains.all()
    except (InvalidSettings, InvalidDocument) as error:
        raise ModelError(str(error)) from error
    if any(name.kind == "bedrock" and not name.id.endswith("scripted") for name in names) and not _real_bedrock(model):
        raise ModelError("MODELS names models on Amazon Bedrock: set MODEL to one of them too, so that calls go to AWS")


def _real_bedrock(model: str) -> bool:
    return model.startswith("bedrock:") and model != SCRIPTED


def _bedrock(id: str, environ: Mapping[str, str], cloud: Cloud) -> Model:
    missing = []
    if cloud.credentials is None:
        missing.append("AWS credentials (set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)")
    if not cloud.region:
        missing.append("a region (set AWS_REGION, e.g. us-east-1, where the model is enabled)")
    if missing or cloud.credentials is None:
        raise ModelError(f"MODEL=bedrock:{id} needs {' and '.join(missing)}")
    _check_price(id, environ)
    given = cloud.credentials
    functions = {
        "AWS_ACCESS_KEY_ID": given.access_key,
        "AWS_SECRET_ACCESS_KEY": given.secret_key,
        "AWS_SESSION_TOKEN": given.token,
    }
    # A GovCloud or China region has another domain; an explicit endpoint is the way there.
    endpoint = environ.get("AWS_ENDPOINT_URL_BEDROCK_RUNTIME") or _endpoint(cloud.region)
    return Model(
        name=f"{id} on Amazon Bedrock, {cloud.region}",
        environment={"MODEL": f"bedrock:{id}", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint},
        functions={name: value for name, value in functions.items() if value},
        region=cloud.region,
    )


def _endpoint(region: str) -> str:
    return f"https://bedrock-runtime.{region}.amazonaws.com"


def _openai(rest: str, environ: Mapping[str, str], status: Callable[[str, str], int]) -> Model:
    url, _, name = rest.partition("#")
    parts, key = urlsplit(url), environ.get("OPENAI_API_KEY", "")
    if parts.scheme not in ("http", "https") or not parts.netloc or not name:
        raise ModelError(f"{FORMS}, e.g. openai:http://127.0.0.1:11434/v1#qwen3-coder; not openai:{rest!r}")
    _check_price(name, environ)
    answer = status(url.rstrip("/"), key)
    if answer == 0:
        raise ModelError(f"nothing answers at {url}: start the server there, or correct the address in MODEL")
    if answer in (401, 403):
        what = "does not accept OPENAI_API_KEY" if key else "wants a key: set OPENAI_API_KEY"
        raise ModelError(f"the server at {url} {what} (it answered {answer})")
    return Model(name=f"{name} at {parts.netloc}", environment={"MODEL": f"openai:{rest}"}, key=key)


def _check_price(model: str, environ: Mapping[str, str]) -> None:
    """A ledger never guesses a price, so an unknown model would stop at its first call."""
    try:
        load_prices(environ.get("MODEL_PRICES", "")).price_of(model)
    except (InvalidSettings, InvalidDocument) as error:
        free = {"input": 0, "output": 0, "cache_read": 0, "cache_write": 0}
        table = json.dumps({"version": "mine", "sources": [], "models": {model: free}})
        raise ModelError(f"{error}; for one that costs nothing: MODEL_PRICES='{table}'") from error
