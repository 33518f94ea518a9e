"""Any model on Amazon Bedrock behind `LanguageModel`, by the Converse API.

Rules: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. `maxTokens` is always set (an unset
one reserves the model's maximum of the quota); no sampling, no forced tool and no prefill, which always-thinking
models refuse; reasoning blocks go back unchanged.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from ferry.adapters.aws import code
from ferry.adapters.bedrock import wire
from ferry.agentkit.messages import ModelReply, ModelRequest
from ferry.domain.errors import FerryError, ModelUnavailable, VendorRefused

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

_TRANSIENT = {
    "ThrottlingException", "ModelTimeoutException", "ServiceUnavailableException", "ModelNotReadyException",
    "ModelErrorException", "InternalServerException",
}  # fmt: skip
_CREDENTIALS = "give the process AWS credentials and a region (AWS_PROFILE or AWS_ACCESS_KEY_ID, AWS_REGION)"
_REMEDIES = {
    "AccessDeniedException": "grant bedrock:InvokeModel on the inference profile and on its models in every region, "
    "and ask for access to the model in the Bedrock console",
    "ResourceNotFoundException": "set MODEL to an id that `aws bedrock list-inference-profiles` lists in this region; "
    "newer models need a profile (global., us., eu. …)",
    "ExpiredTokenException": _CREDENTIALS,
    "UnrecognizedClientException": _CREDENTIALS,
    "ValidationException": "the request does not suit this model",
}
_TOO_LONG = re.compile(r"too long|context (window|length)|input length|too many input tokens", re.I)


class BedrockModel:
    """client: see `client`; its retries are AWS's own, and come before any error raised here."""

    def __init__(
        self, client: BedrockRuntimeClient, *, capable: Callable[[str], wire.Capabilities] = wire.capabilities
    ) -> None:
        self._client, self._capable = client, capable

    def reply(self, request: ModelRequest) -> ModelReply:
        """ModelUnavailable, VendorRefused. A refusal is a reply with stop `refused`, for it costs tokens too."""
        started = time.monotonic()
        try:
            answer: Any = self._client.converse(**wire.request(request, self._capable(request.model)))
        except ClientError as error:
            raise _error(request.model, error) from error
        except (ConnectionError, HTTPClientError) as error:
            raise ModelUnavailable(f"{request.model}: no answer from Bedrock ({type(error).__name__})") from error
        except BotoCoreError as error:
            raise VendorRefused(f"{request.model}: {error}; {_CREDENTIALS}") from error
        return ModelReply(
            message=wire.message(answer["output"]["message"]["content"]),
            stop=wire.stop(answer["stopReason"]),
            usage=wire.usage(answer["usage"]),
            milliseconds=int((time.monotonic() - started) * 1000),
        )


def client(**options: Any) -> BedrockRuntimeClient:
    """A client that waits for long answers and retries with AWS's adaptive mode; options: as boto3's client."""
    import boto3
    from botocore.config import Config

    config = Config(
        read_timeout=900,
        connect_timeout=10,
        retries={"mode": "adaptive", "total_max_attempts": 6},
        tcp_keepalive=True,
    )
    runtime: BedrockRuntimeClient = boto3.client("bedrock-runtime", **{"config": config, **options})
    return runtime


def _error(model: str, error: ClientError) -> FerryError:
    name = code(error)
    said = error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if name in _TRANSIENT or status >= 500:
        return ModelUnavailable(f"{model}: {name}: {said}")
    remedy = _REMEDIES.get(name, "see Bedrock's page of this error")
    if name == "ValidationException" and _TOO_LONG.search(said):
        remedy = "the conversation is longer than the model's context; give the step a smaller task or another model"
    return VendorRefused(f"{model}: {name}: {said}; {remedy}", status)
