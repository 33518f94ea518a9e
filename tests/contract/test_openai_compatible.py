"""What only a chat completions server can do to us; the common suite is in test_language_model.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import Flask

from ferry.adapters.http_retry import Patience
from ferry.adapters.openai_compatible import OpenAICompatibleModel
from ferry.adapters.scripted_model import Screenplay
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolResult, ToolSpec
from ferry.domain.errors import FerryError, ModelRefused, ModelUnavailable, VendorRefused
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


def ask(url: str, *messages: Message, key: str = "sk-test") -> ModelReply:
    with requests.Session() as session:
        model = OpenAICompatibleModel(f"{url}/v1", key, session=session, patience=Patience(attempts=1))
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


def test_cached_tokens_are_not_counted_twice() -> None:
    app = Flask("cached")
    message = {"role": "assistant", "content": "Ok."}
    usage = {"prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 80}}
    body = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}
    app.add_url_rule("/v1/chat/completions", "chat", lambda: body, methods=["POST"])
    server = serve(app)
    counted = ask(server.url).usage
    server.stop()
    assert (counted.input, counted.cache_read, counted.output) == (20, 80, 5)


def test_a_server_that_is_no_model_is_refused_with_the_remedy(started: tuple[OpenAIServer, str]) -> None:
    with pytest.raises(VendorRefused, match="base url"):
        ask(f"{started[1]}/elsewhere")


def test_nobody_listening_is_unavailable() -> None:
    with pytest.raises(ModelUnavailable, match="no answer"):
        ask("http://127.0.0.1:9")
