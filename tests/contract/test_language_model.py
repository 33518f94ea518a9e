"""One suite for every `LanguageModel`: Bedrock and chat completions by strict servers, and the scripted one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from ferry.adapters.bedrock import BedrockModel
from ferry.adapters.http_retry import Patience
from ferry.adapters.openai_compatible import OpenAICompatibleModel
from ferry.adapters.scripted_model import Screenplay, ScriptedModel
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolResult, ToolSpec
from ferry.domain.errors import ModelUnavailable, VendorRefused
from ferry.ports import LanguageModel
from local.server import serve
from local.standins.base import StandInSettings
from local.standins.bedrock import create
from tests.fakes.openai_server import OpenAIServer

READ = ToolSpec(
    name="read_file",
    description="Read one file.",
    schema_={"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
)
SCENES: dict[str, Any] = {
    "suite": [
        {"when": {"item": "greeting"}, "replies": [{"text": "Good morning."}]},
        {
            "when": {"item": "tool"},
            "replies": [
                {"text": "I look.", "calls": [{"tool": "read_file", "input": {"path": "a.py"}}]},
                {"text": "It is short."},
            ],
        },
        {
            "when": {"item": "parallel"},
            "replies": [
                {"calls": [{"tool": "read_file", "input": {"path": path}} for path in ("a.py", "b.py")]},
                {"text": "Both are short."},
            ],
        },
        {"when": {"item": "refusal"}, "replies": [{"text": "I will not.", "stop": "refused"}]},
        {"when": {"item": "long"}, "replies": [{"text": "And then", "stop": "max_tokens"}]},
    ]
}
CONTEXT_TOKENS = 20_000


@dataclass(frozen=True)
class Case:
    """throttle: makes the server refuse the next `times` calls."""

    model: LanguageModel
    id: str
    throttle: Callable[[int], None] = lambda times: None

    def ask(self, item: str, *messages: Message, text: str = "Go.", model: str = "") -> ModelReply:
        request = ModelRequest(
            model=model or self.id,
            system=f"scene: {item}",
            messages=(Message(role="user", text=text), *messages),
            tools=(READ,),
            max_tokens=500,
            metadata={"agent": "suite", "item": item, "title": "Ünexpected (title)!"},
        )
        return self.model.reply(request)


@pytest.fixture(scope="module")
def bedrock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("screenplay")
    (folder / "suite.json").write_text(json.dumps(SCENES["suite"]))
    extra = {"screenplay": str(folder), "context_tokens": str(CONTEXT_TOKENS)}
    server = serve(create(StandInSettings("http://bedrock.invalid", folder, extra=extra)).app)
    yield server.url
    server.stop()


@pytest.fixture
def bedrock(bedrock_url: str) -> Iterator[Case]:
    def throttle(times: int) -> None:
        fault = {"error": "ThrottlingException", "times": times}
        requests.post(f"{bedrock_url}/_standin/faults", json=fault, timeout=5).raise_for_status()

    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=bedrock_url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"mode": "standard", "total_max_attempts": 2}),
    )
    yield Case(BedrockModel(client), "", throttle)
    client.close()


@pytest.fixture(scope="module")
def openai_server() -> Iterator[tuple[OpenAIServer, str]]:
    screenplay = Screenplay.from_scenes(SCENES)
    stand_in = OpenAIServer(screenplay, models=("qwen",), key="sk-test", context_tokens=CONTEXT_TOKENS)
    server = serve(stand_in.app)
    yield stand_in, f"{server.url}/v1"
    server.stop()


@pytest.fixture
def openai(openai_server: tuple[OpenAIServer, str]) -> Iterator[Case]:
    stand_in, url = openai_server
    stand_in.faults.clear()
    fault = (429, {"message": "Rate limit reached", "code": "rate_limit_exceeded"})
    with requests.Session() as session:
        patience = Patience(attempts=2, sleep=lambda seconds: None)
        model = OpenAICompatibleModel(url, "sk-test", session=session, patience=patience)
        yield Case(model, "qwen", lambda times: stand_in.faults.extend([fault] * times))


VENDORS = ["global.anthropic.claude-sonnet-5-5", "amazon.nova-pro-v1:0", "openai"]


@pytest.fixture(params=[*VENDORS, "scripted"])
def case(request: pytest.FixtureRequest) -> Case:
    return _case(request)


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> Case:
    return _case(request)


def _case(request: pytest.FixtureRequest) -> Case:
    if request.param == "scripted":
        return Case(ScriptedModel(Screenplay.from_scenes(SCENES)), "scripted")
    case: Case = request.getfixturevalue("openai" if request.param == "openai" else "bedrock")
    return case if request.param == "openai" else Case(case.model, request.param, case.throttle)


def test_a_text_reply_ends_the_turn(case: Case) -> None:
    reply = case.ask("greeting")
    assert (reply.message.role, reply.message.text, reply.message.calls) == ("assistant", "Good morning.", ())
    assert reply.stop is StopReason.END


def test_a_tool_call_and_its_result_go_round(case: Case) -> None:
    first = case.ask("tool")
    [call] = first.message.calls
    assert (first.stop, call.name, call.input) == (StopReason.TOOLS, "read_file", {"path": "a.py"})
    result = Message(role="user", results=(ToolResult(id=call.id, text="x = 1"),))
    second = case.ask("tool", first.message, result)
    assert (second.message.text, second.stop) == ("It is short.", StopReason.END)


def test_parallel_calls_have_ids_of_their_own_and_are_answered_together(case: Case) -> None:
    first = case.ask("parallel")
    one, two = first.message.calls
    assert one.id != two.id
    results = (ToolResult(id=one.id, text=""), ToolResult(id=two.id, text="no such file", failed=True))
    assert case.ask("parallel", first.message, Message(role="user", results=results)).stop is StopReason.END


def test_a_conversation_survives_being_stored_as_json(case: Case) -> None:
    first = Message.model_validate_json(case.ask("tool").message.model_dump_json())
    result = Message(role="user", results=(ToolResult(id=first.calls[0].id, text="x = 1"),))
    assert case.ask("tool", first, result).stop is StopReason.END


def test_usage_grows_with_the_conversation(case: Case) -> None:
    short, long = case.ask("greeting").usage, case.ask("greeting", text="Go. " * 200).usage
    assert 0 < short.input < long.input
    assert short.output == long.output > 0
    assert long.input - short.input == pytest.approx(200, abs=5)


def test_a_refusal_is_a_reply_that_was_paid_for(case: Case) -> None:
    reply = case.ask("refusal")
    assert (reply.stop, reply.message.text) == (StopReason.REFUSED, "I will not.")
    assert reply.usage.output > 0


def test_a_reply_cut_by_the_token_limit_says_so(case: Case) -> None:
    assert case.ask("long").stop is StopReason.MAX_TOKENS


def test_a_throttled_call_is_tried_again(vendor: Case) -> None:
    vendor.throttle(1)
    assert vendor.ask("greeting").stop is StopReason.END


def test_a_model_that_stays_throttled_is_unavailable(vendor: Case) -> None:
    vendor.throttle(2)
    with pytest.raises(ModelUnavailable, match=r"(?i)throttl|rate limit"):
        vendor.ask("greeting")


def test_a_conversation_longer_than_the_context_is_refused_with_the_remedy(vendor: Case) -> None:
    with pytest.raises(VendorRefused, match="smaller task"):
        vendor.ask("greeting", text="word " * CONTEXT_TOKENS)


def test_an_unknown_model_is_refused_with_the_remedy(vendor: Case) -> None:
    with pytest.raises(VendorRefused, match="MODEL"):
        vendor.ask("greeting", model="no-such-model")
