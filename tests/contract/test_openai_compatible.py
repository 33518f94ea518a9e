"""What only a chat completions server can do to us; the common suite is in test_language_model.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import Flask

from ferry.adapters.openai_compatible import OpenAICompatibleModel
from ferry.adapters.scripted_model import Screenplay
from ferry.agentkit.capabilities import load_capabilities
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolResult, ToolSpec
from ferry.domain.errors import ContextExceeded, FerryError, ModelRefused, ModelUnavailable, VendorRefused
from ferry.domain.ledger import Usage
from local.server import serve
from tests.fakes.openai_server import OpenAIServer

READ = ToolSpec(name="read_file", description="Read.", schema_={"type": "object"})
GO = Message(role="user", text="Go.")


@pytest.fixture(scope="module")
def started() -> Iterator[tuple[OpenAIServer, str]]:
    screenplay = Screenplay.from_scenes({"suite": [{"replies": [{"text": "Ok."}, {"text": "Done."}]}]})
    stand_in = OpenAIServer(screenplay, models=("qwen",), key="sk-test", context_tokens=1000)
    server = serve(stand_in.app)
    yield stand_in, server.url
    server.stop()


@pytest.fixture
def server(started: tuple[OpenAIServer, str]) -> OpenAIServer:
    started[0].faults.clear()
    return started[0]


def ask(url: str, *messages: Message, key: str = "sk-test", **changes: Any) -> ModelReply:
    capabilities = load_capabilities(json.dumps({"qwen": changes}))
    with requests.Session() as session:
        model = OpenAICompatibleModel(f"{url}/v1", key, capabilities.of, session=session)
        return model.reply(ModelRequest(model="qwen", system="scene: x", messages=(GO, *messages), tools=(READ,)))


def called_with(arguments: str) -> dict[str, Any]:
    function = {"name": "read_file", "arguments": arguments}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": function}],
    }


@pytest.mark.parametrize("arguments", ['{"path": ', "[1]", '"a"'])
def test_arguments_that_are_no_json_object_are_handed_on_as_an_invalid_call(
    server: OpenAIServer, started: tuple[OpenAIServer, str], arguments: str
) -> None:
    server.raw = called_with(arguments)
    reply = ask(started[1])
    [call] = reply.message.calls
    assert (reply.stop, call.name, call.input) == (StopReason.TOOLS, "read_file", None)
    again = Message(role="user", results=(ToolResult(id=call.id, text="not a JSON object", failed=True),))
    assert ask(started[1], reply.message, again).message.text == "Done."


def test_no_arguments_at_all_are_an_empty_object(server: OpenAIServer, started: tuple[OpenAIServer, str]) -> None:
    server.raw = called_with("")
    assert ask(started[1]).message.calls[0].input == {}


def test_a_refusal_in_its_own_field_is_a_refusal(server: OpenAIServer, started: tuple[OpenAIServer, str]) -> None:
    server.raw = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    reply = ask(started[1])
    assert (reply.stop, reply.message.text) == (StopReason.REFUSED, "I cannot help with that.")


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (429, "rate_limit_exceeded", ModelUnavailable),
        (429, "insufficient_quota", VendorRefused),
        (500, "", ModelUnavailable),
        (503, "", ModelUnavailable),
        (400, "content_filter", ModelRefused),
        (400, "invalid_request", VendorRefused),
        (403, "", VendorRefused),
    ],
)
def test_an_error_becomes_transient_or_permanent(
    server: OpenAIServer, started: tuple[OpenAIServer, str], status: int, code: str, raised: type[FerryError]
) -> None:
    server.faults.append((status, {"message": "no", "code": code}))
    with pytest.raises(raised, match="qwen"):
        ask(started[1])


def test_a_wrong_key_is_refused_with_the_remedy(started: tuple[OpenAIServer, str]) -> None:
    with pytest.raises(VendorRefused, match="MODEL_KEY_ID"):
        ask(started[1], key="wrong")


USAGE = {"prompt_tokens": 100, "completion_tokens": 50}


@pytest.mark.parametrize(
    ("usage", "changes", "counted"),
    [
        ({"prompt_tokens_details": {"cached_tokens": 80}}, {}, Usage(input=20, output=50, cache_read=80)),
        ({"prompt_cache_hit_tokens": 60}, {}, Usage(input=40, output=50, cache_read=60)),
        (
            {"prompt_tokens_details": {"cached_tokens": 50}, "cache_creation_input_tokens": 30},
            {},
            Usage(input=20, output=50, cache_read=50, cache_write=30),
        ),
        (
            {"prompt_tokens_details": {"cached_tokens": 80}},
            {"input_includes_cache": False},
            Usage(input=100, output=50, cache_read=80),
        ),
        ({"completion_tokens_details": {"reasoning_tokens": 40}}, {}, Usage(input=100, output=50, reasoning=40)),
        ({"prompt_tokens_details": None, "completion_tokens_details": None}, {}, Usage(input=100, output=50)),
    ],
)  # fmt: skip
def test_every_token_is_counted_once(usage: dict[str, Any], changes: dict[str, Any], counted: Usage) -> None:
    app = Flask("cached")
    message = {"role": "assistant", "content": "Ok."}
    body = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": USAGE | usage}
    app.add_url_rule("/v1/chat/completions", "chat", lambda: body, methods=["POST"])
    server = serve(app)
    reply = ask(server.url, **changes)
    server.stop()
    assert reply.usage == counted


def test_the_limit_goes_where_the_model_takes_it_and_never_beyond_its_output(
    server: OpenAIServer, started: tuple[OpenAIServer, str]
) -> None:
    ask(started[1], max_output=100)
    assert server.asked[-1]["max_tokens"] == 100
    with pytest.raises(VendorRefused, match=r'not supported.*"limit": "max_completion_tokens"'):
        ask(started[1], limit="max_completion_tokens")


@pytest.mark.parametrize(
    "said",
    [
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        "the request exceeds the available context size, try increasing it",
        "litellm.ContextWindowExceededError: prompt is too long: 300 tokens > 200 maximum",
    ],
)
def test_each_server_says_in_its_own_words_that_the_context_is_full(
    server: OpenAIServer, started: tuple[OpenAIServer, str], said: str
) -> None:
    server.faults.append((400, {"message": said, "type": "invalid_request_error", "code": None}))
    with pytest.raises(ContextExceeded, match="qwen"):
        ask(started[1])


def test_a_server_that_names_a_time_is_believed(server: OpenAIServer, started: tuple[OpenAIServer, str]) -> None:
    server.faults.append((429, {"message": "slow down", "code": "rate_limit_exceeded"}))
    server.headers = {"Retry-After": "7"}
    with pytest.raises(ModelUnavailable) as raised:
        ask(started[1])
    server.headers = {}
    assert raised.value.retry_after == 7


def test_a_server_that_is_no_model_is_refused_with_the_remedy(started: tuple[OpenAIServer, str]) -> None:
    with pytest.raises(VendorRefused, match="base url"):
        ask(f"{started[1]}/elsewhere")


def test_nobody_listening_is_unavailable() -> None:
    with pytest.raises(ModelUnavailable, match="no answer"):
        ask("http://127.0.0.1:9")
