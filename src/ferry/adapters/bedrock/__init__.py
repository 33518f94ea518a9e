"""Any model on Amazon Bedrock behind `LanguageModel`, by the Converse API.

Rules: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. `maxTokens` is always set (an unset
one reserves the model's maximum of the quota); no sampling, no forced tool and no prefill, which always-thinking
models refuse; reasoning blocks go back unchanged. No `guardrailConfig`: see `ferry.adapters.bedrock_guardrail`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ferry.adapters.bedrock import turn, wire
from ferry.adapters.bedrock.faults import of_client_error, of_connection
from ferry.adapters.bedrock.stream import Watch, collected
from ferry.agentkit.messages import ModelReply, ModelRequest
from ferry.domain.capabilities import Capabilities

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

# A call without a stream is silent until its last token; a minute's thought and 8,192 tokens fit well.
READ_SECONDS, CONNECT_SECONDS = 300, 10


class BedrockModel:
    """client: see `client`, it tries nothing again; capable: what the model takes; watch: streams the answer, and is
    told the characters so far."""

    def __init__(
        self,
        client: BedrockRuntimeClient,
        capable: Callable[[str], Capabilities],
        *,
        watch: Watch | None = None,
    ) -> None:
        self._client, self._capable, self._watch = client, capable, watch

    def reply(self, request: ModelRequest) -> ModelReply:
        """ModelUnavailable, ContextExceeded, VendorRefused. A refusal is a reply with stop `refused`, for it costs
        tokens too."""
        started, capable = time.monotonic(), self._capable(request.model)
        answer = self._ask(request.model, wire.request(request, capable))
        return ModelReply(
            message=turn.read(answer["output"]["message"]["content"]),
            stop=wire.stop(answer["stopReason"]),
            usage=wire.usage(answer["usage"], capable),
            milliseconds=int((time.monotonic() - started) * 1000),
            said=answer["stopReason"],
        )

    def _ask(self, model: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            if self._watch is None:
                return dict(self._client.converse(**arguments))
            stream = self._client.converse_stream(**arguments)["stream"]
        except ClientError as error:
            raise of_client_error(model, error) from error
        except BotoCoreError as error:
            raise of_connection(model, error) from error
        with closing(stream):
            return collected(model, stream, self._watch)


def client(**options: Any) -> BedrockRuntimeClient:
    """A client that waits for long answers and tries nothing again: who waits for whom is the chain's to say.

    options: as boto3's client.
    """
    import boto3
    from botocore.config import Config

    config = Config(
        read_timeout=READ_SECONDS,
        connect_timeout=CONNECT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
        tcp_keepalive=True,
    )
    runtime: BedrockRuntimeClient = boto3.client("bedrock-runtime", **{"config": config, **options})
    return runtime
