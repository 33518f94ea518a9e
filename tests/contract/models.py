"""Every `LanguageModel` there is, each over its strict server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from ferry.adapters.bedrock import BedrockModel
from ferry.adapters.openai_compatible import OpenAICompatibleModel
from ferry.adapters.scripted_model import Screenplay, ScriptedModel
from ferry.agentkit.capabilities import load_capabilities
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, ToolSpec
from ferry.agentkit.model_chain import Link, ModelChain, Patience
from ferry.agentkit.model_circuits import Circuits
from ferry.domain.capabilities import CapabilityTable
from ferry.domain.model_chain import ModelName
from ferry.ports import LanguageModel
from local.server import serve
from local.standins.base import StandInSettings
from local.standins.bedrock import create
from tests.fakes.clock import FakeClock
from tests.fakes.health import FakeModelHealth
from tests.fakes.openai_server import DEEPSEEK, OLLAMA, OPENAI, SILENT, VLLM, Flavour, OpenAIServer

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
                {"calls": [{"tool": "read_file", "input": {"path": "c.py"}}]},
                {"text": "All are short."},
            ],
        },
        {"when": {"item": "refusal"}, "replies": [{"text": "I will not.", "stop": "refused"}]},
        {"when": {"item": "long"}, "replies": [{"text": "And then", "stop": "max_tokens"}]},
    ]
}
CONTEXT_TOKENS = 20_000
OVERRIDES = {
    "gpt": {"limit": "max_completion_tokens"},
    "deep": {"reasoning_back": "reasoning_content"},
}
CAPABILITIES: CapabilityTable = load_capabilities(json.dumps(OVERRIDES))


@dataclass
class Case:
    """fail: makes the server refuse the next calls; spoil: breaks the next stream; seen: what watch was told."""

    model: LanguageModel
    name: ModelName
    fail: Callable[[str, int], None] = lambda kind, times: None
    spoil: Callable[[str], None] = lambda how: None
    seen: list[int] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)

    def link(self) -> Link:
        return Link(self.name, self.model, CAPABILITIES.of(self.name.id))

    def chain(self, attempts: int = 2) -> ModelChain:
        patience = Patience(attempts=attempts, jitter=lambda: 0.0)
        return ModelChain([self.link()], Circuits(FakeModelHealth(), self.clock), self.clock, patience=patience)

    def ask(self, item: str, *messages: Message, text: str = "Go.", model: str = "", by: Any = None) -> ModelReply:
        request = ModelRequest(
            model=model or self.name.id,
            system=f"scene: {item}",
            messages=(Message(role="user", text=text), *messages),
            tools=(READ,),
            max_tokens=500,
            metadata={"agent": "suite", "item": item, "title": "Ünexpected (title)!"},
        )
        reply: ModelReply = (by or self.model).reply(request)
        return reply


BEDROCK = {
    "bedrock claude": "global.anthropic.claude-sonnet-5-5",
    "bedrock claude 4.5": "anthropic.claude-haiku-4-5-20251001-v1:0",
    "bedrock nova": "amazon.nova-pro-v1:0",
}
SERVERS: dict[str, tuple[str, Flavour]] = {
    "openai": ("gpt", OPENAI),
    "vllm": ("qwen", VLLM),
    "ollama": ("llama", OLLAMA),
    "deepseek": ("deep", DEEPSEEK),
    "silent": ("mute", SILENT),
}
STREAM = " stream"
VENDORS = [name + how for name in (*BEDROCK, *SERVERS) for how in ("", STREAM)]
STREAMS = [name for name in VENDORS if name.endswith(STREAM)]
ALL = [*VENDORS, "scripted"]


@contextmanager
def bedrock_standin(folder: Path) -> Iterator[str]:
    (folder / "suite.json").write_text(json.dumps(SCENES["suite"]))
    extra = {"screenplay": str(folder), "context_tokens": str(CONTEXT_TOKENS)}
    server = serve(create(StandInSettings("http://bedrock.invalid", folder, extra=extra)).app)
    yield server.url
    server.stop()


@contextmanager
def case_of(name: str, bedrock_url: str) -> Iterator[Case]:
    plain = name.removesuffix(STREAM)
    seen: list[int] = []
    watch = seen.append if name.endswith(STREAM) else None
    if name == "scripted":
        yield Case(ScriptedModel(Screenplay.from_scenes(SCENES)), ModelName("bedrock", "", "scripted"))
    elif plain in BEDROCK:
        with bedrock_client(bedrock_url) as client:
            model = BedrockModel(client, CAPABILITIES.of, watch=watch)
            named = ModelName("bedrock", "", BEDROCK[plain])
            yield Case(model, named, _bedrock_fails(bedrock_url), _bedrock_breaks(bedrock_url), seen)
    else:
        id, flavour = SERVERS[plain]
        screenplay = Screenplay.from_scenes(SCENES)
        stand_in = OpenAIServer(screenplay, models=(id,), key="sk-test", context_tokens=CONTEXT_TOKENS, flavour=flavour)
        server = serve(stand_in.app)
        with requests.Session() as session:
            url = f"{server.url}/v1"
            adapter = OpenAICompatibleModel(url, "sk-test", CAPABILITIES.of, session=session, watch=watch)
            named = ModelName("openai", url, id)
            yield Case(adapter, named, _server_fails(stand_in), stand_in.breaks.append, seen)
        server.stop()


@contextmanager
def bedrock_client(url: str) -> Iterator[Any]:
    """Ferry's own client, so its time limits and retries are what is tested."""
    from ferry.adapters.bedrock import client

    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
    made = client(endpoint_url=url, **keys)
    yield made
    made.close()


def _bedrock_fails(url: str) -> Callable[[str, int], None]:
    names = {"throttled": "ThrottlingException", "refused": "ValidationException", "denied": "AccessDeniedException"}
    return lambda kind, times: _post(url, {"error": names[kind], "times": times})


def _bedrock_breaks(url: str) -> Callable[[str], None]:
    names = {"end": "break", "half": "break", "cut": "cut", "error": "modelStreamErrorException"}
    return lambda how: _post(url, {"error": names[how], "after": 3})


def _post(url: str, fault: dict[str, Any]) -> None:
    requests.post(f"{url}/_standin/faults", json=fault, timeout=5).raise_for_status()


def _server_fails(stand_in: OpenAIServer) -> Callable[[str, int], None]:
    faults: dict[str, tuple[int, dict[str, Any]]] = {
        "throttled": (429, {"message": "Rate limit reached", "code": "rate_limit_exceeded"}),
        "refused": (400, {"message": "Unsupported parameter: 'x'", "code": "unsupported_parameter"}),
        "denied": (403, {"message": "no", "code": ""}),
    }
    return lambda kind, times: stand_in.faults.extend([faults[kind]] * times)
