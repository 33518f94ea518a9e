"""Whatever is left out, what is sent is a conversation that every vendor takes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ferry.adapters.bedrock import wire as bedrock
from ferry.adapters.openai_compatible import wire as chat
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolCall, ToolResult, ToolSpec
from ferry.agentkit.window import KEPT, Window
from ferry.domain.capabilities import Capabilities
from ferry.domain.ledger import Usage
from local.standins.bedrock import rules
from tests.fakes.openai_server import SCHEMA

READ = ToolSpec(name="read", description="Read.", schema_={"type": "object"})
MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0"
TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=300)
# Of a turn: what it says, and of each call whether it failed and how long its answer is.
TURNS = st.lists(st.tuples(TEXTS, st.lists(st.tuples(st.booleans(), st.integers(0, 3000)), max_size=4)), max_size=14)


def conversation(turns: list[Any]) -> list[Message]:
    messages = [Message(role="user", shared="Ticket.", text="Go.")]
    for number, (text, results) in enumerate(turns):
        calls = tuple(ToolCall(id=f"call-{number}-{i}", name="read", input={}) for i in range(len(results)))
        thought = ({"reasoningContent": {"reasoningText": {"text": text, "signature": str(number)}}},)
        messages.append(Message(role="assistant", text=text, calls=calls, opaque=thought))
        came = tuple(ToolResult(id=f"call-{number}-{i}", text="x" * size, failed=failed)
                     for i, (failed, size) in enumerate(results))  # fmt: skip
        messages.append(Message(role="user", results=came, text="" if came else "Go on."))
    return messages


def asking(messages: tuple[Message, ...]) -> ModelRequest:
    return ModelRequest(model=MODEL, system="sys", messages=messages, tools=(READ,))


def window(turns: list[Any], tokens: int) -> tuple[Window, list[Message]]:
    window, messages = Window(tokens), conversation(turns)
    for message in messages:
        window.add(message)
    return window, messages


@given(TURNS, st.integers(200, 5000), st.booleans())
def test_what_is_left_is_taken_by_bedrock_and_by_chat_completions(turns: list[Any], tokens: int, one: bool) -> None:
    at, messages = window(turns, tokens)
    at.leave_out(at.older(but_one=one), messages[0].model_copy(update={"text": "Go. And what was left out."}))
    request = asking(at.messages)

    sent = bedrock.request(request, Capabilities(cache=("system", "messages"), cache_minimum=1))
    reasons = [block for message in sent["messages"] for block in message["content"] if "reasoningContent" in block]
    faults = [fault for fault in rules.faults(MODEL, sent) if "thinking" not in fault]

    assert faults == []
    assert len(reasons) == sum(message.role == "assistant" for message in at.messages)
    assert list(Draft202012Validator({**SCHEMA, "$ref": "#/$defs/request"}).iter_errors(
        json.loads(json.dumps(chat.request(request, Capabilities())))
    )) == []  # fmt: skip
    _every_call_is_answered_next(chat.request(request, Capabilities())["messages"])


def _every_call_is_answered_next(messages: list[dict[str, Any]]) -> None:
    open_: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            assert message["tool_call_id"] in open_
            open_.remove(message["tool_call_id"])
            continue
        assert open_ == []
        open_ = [call["id"] for call in message.get("tool_calls", [])]
    assert open_ == []


@given(TURNS, st.integers(200, 5000), st.booleans())
def test_the_newest_turns_stay_as_they_were_and_nothing_between_is_lost(
    turns: list[Any], tokens: int, one: bool
) -> None:
    at, messages = window(turns, tokens)
    older = at.older(but_one=one)

    at.leave_out(older, messages[0])

    kept = [turn.model_copy(update={"moved": False}) for turn in at.messages]
    assert [messages[0], *older, *kept[1:]] == messages
    assert all(turn.moved for turn in at.messages if turn.role == "assistant")
    assert len(at.messages) >= min(3, len(messages))
    assert len(at.messages) <= 3 or not one


@given(TURNS, st.integers(200, 5000))
def test_more_than_the_newest_turn_stays_only_while_it_is_small(turns: list[Any], tokens: int) -> None:
    at, _ = window(turns, tokens)
    kept = at.messages[1 + len(at.older()) :]
    assert len(kept) <= 2 or sum(len(json.dumps(turn.dump())) for turn in kept) / 3 <= KEPT * tokens


def test_what_the_vendor_counted_is_believed() -> None:
    at, messages = window([("a", [(False, 3000)])] * 4, 2_000)
    request = asking(tuple(messages))
    said = ModelReply(message=messages[1], stop=StopReason.END, usage=Usage(input=900), milliseconds=1)

    assert at.is_passed_by(request)
    at.learn(request, said)

    assert at.tokens_of(request) == 900
    assert not at.is_passed_by(request)


def test_nothing_is_left_out_for_little() -> None:
    """A little each turn would throw the cache away each time."""
    at, messages = window([("a", [(False, 300)]), ("b", [(False, 9000)])], 2_000)

    assert at.tokens_of(asking(tuple(messages))) > 2_000
    assert not at.is_passed_by(asking(tuple(messages)))
