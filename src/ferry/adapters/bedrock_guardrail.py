"""A guardrail of Amazon Bedrock over any text, whatever model answers, by ApplyGuardrail and by nothing else.

Converse's own `guardrailConfig` is left out: it evaluates no tool result, no tool definition and no argument of a call
(docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html, the table of fields, read 2026-11-21),
which is where an agent's untrusted text comes in and its work goes out; it reads the other text of a conversation again
with each turn; and it knows Bedrock's models alone. Both are billed alike, by text unit of 1,000 characters and policy
(aws.amazon.com/bedrock/pricing: content filters $0.15 per 1,000 units), so with both set all of it was paid for twice.

Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html and "Quotas for Amazon Bedrock
Guardrails": 25 text units of 1,000 characters in one request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ferry.adapters.aws import code
from ferry.adapters.bedrock.guardrail import Guardrail
from ferry.domain.errors import FerryError, VendorRefused, VendorUnavailable

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

LONGEST, OVERLAP = 20_000, 500
_TRANSIENT = {"ThrottlingException", "InternalServerException", "ServiceUnavailableException"}
_REMEDY = "grant bedrock:ApplyGuardrail and set MODEL_GUARDRAIL to <id>:<version> of a guardrail in this region"


class BedrockGuardrail:
    """It fails closed: whatever is not a clear NONE of Bedrock is an objection or an error."""

    def __init__(self, client: BedrockRuntimeClient, given: Guardrail) -> None:
        self._client, self._given = client, given

    def objections(self, text: str, *, output: bool) -> str:
        """VendorUnavailable, VendorRefused."""
        found = (self._asked(part, "OUTPUT" if output else "INPUT") for part in _split(text))
        return next((why for why in found if why), "")

    def _asked(self, text: str, source: Any) -> str:
        try:
            answer: Mapping[str, Any] = self._client.apply_guardrail(
                guardrailIdentifier=self._given.identifier,
                guardrailVersion=self._given.version,
                source=source,
                content=[{"text": {"text": text}}],
            )
        except ClientError as error:
            raise _error(error) from error
        except BotoCoreError as error:
            raise VendorUnavailable(f"no answer from Bedrock's guardrail ({type(error).__name__})") from error
        if answer.get("action") == "NONE":
            return ""
        return ", ".join(dict.fromkeys(_policies(answer.get("assessments", [])))) or "no policy named"


def configured(setting: str) -> BedrockGuardrail | None:
    """setting: as `Guardrail.read` takes it; None where it names none."""
    from ferry.adapters.bedrock import client

    given = Guardrail.read(setting)
    return BedrockGuardrail(client(), given) if given else None


def _split(text: str) -> Iterator[str]:
    """Pieces that overlap, so that no cut hides what stands across it."""
    for start in range(0, len(text), LONGEST - OVERLAP):
        if start == 0 or start + OVERLAP < len(text):
            yield text[start : start + LONGEST]


def _policies(assessments: list[Mapping[str, Any]]) -> Iterator[str]:
    """``content PROMPT_ATTACK``, ``topic Investments``: a policy and what it found, never the text itself."""
    for assessment in assessments:
        for policy, found in assessment.items():
            if policy.endswith("Policy"):
                kinds = [one for several in found.values() if isinstance(several, list) for one in several]
                yield from (
                    f"{policy.removesuffix('Policy')} {one.get('type') or one.get('name') or ''}".strip()
                    for one in kinds
                )


def _error(error: ClientError) -> FerryError:
    name, status = code(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if name in _TRANSIENT or status >= 500:
        return VendorUnavailable(f"Bedrock's guardrail: {name}; nothing is sent without it")
    return VendorRefused(f"Bedrock's guardrail: {name}; {_REMEDY}, or leave it empty", status)
