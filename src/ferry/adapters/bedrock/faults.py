"""Bedrock's errors in Ferry's, with the remedy: those of a call and those inside a stream."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)

from ferry.adapters.aws import code
from ferry.domain.errors import ContextExceeded, FerryError, ModelUnavailable, VendorRefused

TRANSIENT = {
    "ThrottlingException", "ModelTimeoutException", "ServiceUnavailableException", "ModelNotReadyException",
    "ModelErrorException", "InternalServerException", "ModelStreamErrorException",
}  # fmt: skip
_CREDENTIALS = "give the process AWS credentials and a region (AWS_PROFILE or AWS_ACCESS_KEY_ID, AWS_REGION)"
_REMEDIES = {
    "AccessDeniedException": "grant bedrock:InvokeModel on the inference profile and on its models in every region, "
    "and ask for access to the model in the Bedrock console",
    "ResourceNotFoundException": "set MODEL to an id that `aws bedrock list-inference-profiles` lists in this region; "
    "newer models need a profile (global., us., eu. …)",
    "ExpiredTokenException": _CREDENTIALS,
    "UnrecognizedClientException": _CREDENTIALS,
    "ValidationException": "the model does not take this request: tell MODEL_CAPABILITIES what it takes "
    '({{"{model}": {{"cache": [], "max_output": 4096}}}}; docs/configuration.md, "Models")',
}
_PROFILE = re.compile(r"on-demand throughput isn.t supported|inference profile", re.I)
_TOO_LONG = re.compile(r"too long|context (window|length)|input length|too many input tokens", re.I)


def of_client_error(model: str, error: ClientError) -> FerryError:
    response: Mapping[str, Any] = error.response
    metadata = response.get("ResponseMetadata", {})
    wait = str(metadata.get("HTTPHeaders", {}).get("retry-after", ""))
    after = float(wait) if wait.replace(".", "", 1).isdecimal() else None
    said = response.get("Error", {}).get("Message", "")
    return of_name(model, code(error), said, metadata.get("HTTPStatusCode", 0), after)


def of_name(model: str, name: str, said: str, status: int = 0, after: float | None = None) -> FerryError:
    if name in TRANSIENT or status >= 500 or status == 429:
        return ModelUnavailable(f"{model}: {name}: {said}", after)
    if name == "ValidationException" and _TOO_LONG.search(said):
        return ContextExceeded(f"{model}: {said}")
    remedy = _REMEDIES.get(name, "see Bedrock's page of this error").format(model=model)
    if name == "ValidationException" and _PROFILE.search(said):
        remedy = _REMEDIES["ResourceNotFoundException"]
    return VendorRefused(f"{model}: {name}: {said}; {remedy}", status or None)


def of_connection(model: str, error: BotoCoreError | HTTPClientError | ConnectionError) -> FerryError:
    if isinstance(error, ConnectionError | HTTPClientError):
        lost = isinstance(error, ReadTimeoutError | ConnectionClosedError)
        return ModelUnavailable(f"{model}: no answer from Bedrock ({type(error).__name__})", lost=lost)
    return VendorRefused(f"{model}: {error}; {_CREDENTIALS}")
