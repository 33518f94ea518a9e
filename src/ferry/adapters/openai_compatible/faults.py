"""What a chat completions server answers in place of a reply, in Ferry's errors and with the remedy."""

from __future__ import annotations

import re
from typing import Any

from ferry.domain.errors import ContextExceeded, FerryError, ModelRefused, ModelUnavailable, VendorRefused

Json = dict[str, Any]

REMEDIES = {
    401: "put a valid key into the secret that MODEL_KEY_ID names",
    403: "the key may not use this model",
    404: "check MODEL=openai:<base url>#<model>: base url usually ends in /v1, and the server must know the model",
}
_CAPABILITY = (
    "the model or server does not take this request: tell MODEL_CAPABILITIES what it takes "
    '({{"{model}": {{"limit": "max_completion_tokens", "max_output": 4096}}}}; docs/configuration.md, "Models")'
)
# OpenAI and vLLM; llama.cpp; LiteLLM; Ollama cuts the conversation and says nothing.
_TOO_LONG = re.compile(
    r"context[ _](length|window)|exceed\w*[ _](the )?(available )?context|ContextWindowExceeded"
    r"|prompt is too long|too many input tokens",
    re.I,
)


def of_answer(model: str, status: int, body: Json, after: float | None = None) -> FerryError:
    detail = body.get("error")
    fault: Json = detail if isinstance(detail, dict) else {"message": detail or body.get("message", "")}
    name, said = str(fault.get("code") or fault.get("type") or ""), str(fault.get("message") or "")[:500]
    if name == "insufficient_quota":
        return VendorRefused(f"{model}: {said}; the account has no credit left", status)
    if status in (408, 429) or status >= 500:
        return ModelUnavailable(f"{model}: {status}: {said}", after)
    if name in ("content_filter", "content_policy_violation"):
        return ModelRefused(f"{model}: {said}")
    if status in (400, 413, 422) and (_TOO_LONG.search(name) or _TOO_LONG.search(said)):
        return ContextExceeded(f"{model}: {said}")
    remedy = REMEDIES.get(status, _CAPABILITY.format(model=model))
    return VendorRefused(f"{model}: {status} {name}: {said}; {remedy}", status)
