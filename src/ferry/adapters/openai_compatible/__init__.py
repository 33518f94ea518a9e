"""Any server that speaks OpenAI's chat completions behind `LanguageModel`: vLLM, Ollama, llama.cpp, LiteLLM, OpenAI …

``POST {base}/chat/completions``, https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

from ferry.adapters.http_retry import retry_after
from ferry.adapters.openai_compatible import wire
from ferry.adapters.openai_compatible.faults import REMEDIES, of_answer
from ferry.adapters.openai_compatible.stream import Watch, collected
from ferry.agentkit.call_ids import turn_after
from ferry.agentkit.messages import ModelReply, ModelRequest
from ferry.domain.capabilities import Capabilities
from ferry.domain.errors import ModelUnavailable, VendorRefused

Json = dict[str, Any]

# To connect, and to hear the next byte.
TIMEOUT_SECONDS = (10, 300)


class OpenAICompatibleModel:
    """base_url: e.g. ``http://127.0.0.1:8000/v1``; key: empty where the server asks for none; capable: what the model
    takes; watch: streams the answer, and is told the characters so far. Nothing is tried again here."""

    def __init__(
        self,
        base_url: str,
        key: str,
        capable: Callable[[str], Capabilities],
        *,
        session: requests.Session | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._capable, self._watch = capable, watch
        self._session = session or requests.Session()

    def reply(self, request: ModelRequest) -> ModelReply:
        """ModelUnavailable, ModelRefused, ContextExceeded, VendorRefused."""
        started, capable = time.monotonic(), self._capable_of(request.model)
        asked = wire.request(request, capable, stream=self._watch is not None)
        body = self._ask(request.model, asked)
        said = [message for message in request.messages if message.role == "assistant"]
        turn = turn_after(len(said), [call.id for message in said for call in message.calls])
        try:
            choice = body["choices"][0]
            message, stop = wire.message(choice["message"], turn), wire.stop(choice)
            usage = wire.usage(body.get("usage") or {}, capable, asked, message)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise VendorRefused(f"{self._base} does not answer as chat completions do; {REMEDIES[404]}") from error
        return ModelReply(
            message=message,
            stop=stop,
            usage=usage,
            milliseconds=int((time.monotonic() - started) * 1000),
            said=str(choice.get("finish_reason") or ""),
        )

    def _capable_of(self, model: str) -> Capabilities:
        """OpenAI's own newer models refuse `max_tokens`; most other servers know nothing else."""
        capable = self._capable(model)
        own = "api.openai.com" in self._base
        return capable.model_copy(update={"limit": "max_completion_tokens"}) if own else capable

    def _ask(self, model: str, asked: Json) -> Json:
        stream = self._watch is not None
        url = f"{self._base}/chat/completions"
        try:
            answer = self._session.post(url, json=asked, headers=self._headers, timeout=TIMEOUT_SECONDS, stream=stream)
        except requests.RequestException as error:
            lost = not isinstance(error, requests.ConnectTimeout) and isinstance(
                error, requests.Timeout | requests.exceptions.ChunkedEncodingError
            )
            why = f"no answer from {self._base} ({type(error).__name__})"
            raise ModelUnavailable(f"{model}: {why}", lost=lost) from error
        with answer:
            if not answer.ok:
                raise of_answer(model, answer.status_code, _json(answer), retry_after(answer))
            # A server that does not stream answers whole.
            streams = "text/event-stream" in answer.headers.get("Content-Type", "")
            return collected(model, answer, self._watch) if self._watch and streams else _json(answer)


def _json(answer: requests.Response) -> Json:
    try:
        body = answer.json()
    except (ValueError, requests.RequestException):
        return {}
    return body if isinstance(body, dict) else {}
