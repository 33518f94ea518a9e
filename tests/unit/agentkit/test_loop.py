from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ferry.agentkit.budget import Budget
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolCall
from ferry.agentkit.prices import load_prices
from ferry.agentkit.tool import Tool, ToolError, ToolInput
from ferry.domain.document import Document
from ferry.domain.errors import BudgetExceeded, ModelRefused, ModelUnavailable, NoResult, ToolCrashed
from ferry.domain.ledger import LedgerEntry, Usage
from tests.fakes.purse import OpenPurse


class Answer(Document):
    """Hand in the answer."""

    number: int


class Double(ToolInput):
    """Double a number."""

    number: int


class Step:
    """A clock that ticks a second with each look."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 21, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass
class Replies:
    """A model that says what it was given and remembers what it was asked."""

    replies: Iterator[ModelReply | Exception]
    asked: list[ModelRequest] = field(default_factory=list)

    def reply(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        reply = next(self.replies)
        if isinstance(reply, Exception):
            raise reply
        return reply


@dataclass
class Kept:
    ledger: list[LedgerEntry] = field(default_factory=list)
    transcripts: list[dict[str, Any]] = field(default_factory=list)


def says(*calls: ToolCall, text: str = "", stop: StopReason = StopReason.TOOLS) -> ModelReply:
    message = Message(role="assistant", text=text, calls=calls)
    return ModelReply(message=message, stop=stop, usage=Usage(input=100, output=10), milliseconds=5)


def submit(number: object) -> ToolCall:
    return ToolCall(id="s", name="submit_result", input={"number": number})


def double(number: int, id: str = "d") -> ToolCall:
    return ToolCall(id=id, name="double", input={"number": number})


def set_up(*replies: ModelReply | Exception) -> tuple[AgentRun, Replies, Kept]:
    model, kept = Replies(iter(replies)), Kept()
    run = AgentRun(
        model=model,
        model_id="scripted",
        prices=load_prices(),
        clock=Step(),
        budget=Budget(steps=6),
        purse=OpenPurse(kept.ledger),
        journal=lambda data: kept.transcripts.append(json.loads(data)),
        labels={"agent": "planning", "task": "FERRY-1-1", "attempt": "2", "repo": "acme/pricing", "item": "T1"},
    )
    return run, model, kept


def talk(run: AgentRun, run_tool: Any = lambda ask: str(2 * ask.number), **more: Any) -> Answer:
    return converse(run, system="sys", prompt="go", tools=[Tool(Double, run_tool)], result=Answer, **more)


def test_the_result_comes_back_as_its_model() -> None:
    run, model, _ = set_up(says(double(4)), says(submit(8)))

    assert talk(run) == Answer(number=8)
    assert model.asked[0].messages == (Message(role="user", text="go"),)
    assert model.asked[1].messages[-1].results[0].text == '<untrusted kind="double">\n8\n</untrusted>'


def test_the_model_is_offered_each_tool_and_submit_result_with_the_labels_of_the_run() -> None:
    run, model, _ = set_up(says(submit(1)))

    talk(run)

    assert [tool.name for tool in model.asked[0].tools] == ["double", "submit_result"]
    assert model.asked[0].metadata == run.labels


def test_every_call_is_in_the_ledger_with_its_price() -> None:
    run, _, kept = set_up(says(double(4)), says(submit(8)))

    talk(run)

    first = kept.ledger[0]
    assert len(kept.ledger) == 2
    assert (first.step, first.attempt, first.repo, first.item) == ("planning", 2, "acme/pricing", "T1")
    assert (first.micro_dollars, first.prices) == (100 * 2 + 10 * 10, "2026-11-21")


def test_the_transcript_is_saved_after_every_step_and_says_how_it_ended() -> None:
    run, _, kept = set_up(says(double(4)), says(submit(8)))

    talk(run)

    assert [len(saved["messages"]) for saved in kept.transcripts] == [3, 4]
    assert [saved["end"] for saved in kept.transcripts] == ["", "submitted"]


def test_the_transcript_is_saved_when_the_model_fails_too() -> None:
    run, _, kept = set_up(says(double(4)), ModelUnavailable("throttled"))

    with pytest.raises(ModelUnavailable):
        talk(run)

    assert kept.transcripts[-1]["end"] == "ModelUnavailable: throttled"


def test_a_wrong_result_is_asked_for_again_by_field() -> None:
    run, model, _ = set_up(says(submit("many")), says(submit(8)))

    assert talk(run).number == 8
    again = model.asked[1].messages[-1].results[0]
    assert again.failed
    assert "number: Input should be a valid integer" in again.text


def test_a_result_that_its_check_refuses_is_asked_for_again() -> None:
    def check(answer: Answer) -> None:
        if answer.number < 5:
            raise ToolError("number: too small")

    run, model, _ = set_up(says(submit(1)), says(submit(8)))

    assert talk(run, check=check).number == 8
    assert "number: too small" in model.asked[1].messages[-1].results[0].text


def test_a_model_that_stops_without_a_result_is_reminded_twice_then_it_is_no_result() -> None:
    mute = says(text="I am done.", stop=StopReason.END)
    run, model, kept = set_up(mute, says(submit("x")), mute)

    with pytest.raises(NoResult, match="stopped without calling submit_result"):
        talk(run)

    assert len(model.asked) == 3
    assert kept.transcripts[-1]["end"].startswith("NoResult")


@pytest.mark.parametrize("stop", [StopReason.MAX_TOKENS, StopReason.MALFORMED])
def test_nothing_of_a_cut_turn_is_done_and_each_of_its_calls_is_answered(stop: StopReason) -> None:
    run, model, _ = set_up(says(double(4, "a"), submit(1), stop=stop), says(submit(8)))

    assert talk(run, run_tool=lambda _: pytest.fail("a call of a cut turn was done")).number == 8
    results = model.asked[1].messages[-1].results
    assert [(result.id, result.failed) for result in results] == [("a", True), ("s", True)]


def test_an_empty_turn_is_not_sent_back_empty() -> None:
    run, model, _ = set_up(says(stop=StopReason.MALFORMED), says(submit(8)))

    talk(run)

    assert model.asked[1].messages[1].text == "(no answer)"


def test_a_refusal_is_its_own_error() -> None:
    run, _, kept = set_up(says(text="I will not.", stop=StopReason.REFUSED))

    with pytest.raises(ModelRefused, match="I will not"):
        talk(run)

    assert len(kept.ledger) == 1


def test_a_tool_error_is_an_observation() -> None:
    def broken(_: Double) -> str:
        raise ToolError("use a smaller number")

    run, model, _ = set_up(says(double(4)), says(submit(8)))

    assert talk(run, run_tool=broken).number == 8
    assert model.asked[1].messages[-1].results[0].text == "use a smaller number"


def test_a_tool_that_crashes_ends_the_conversation_by_a_named_error() -> None:
    def bug(_: Double) -> str:
        raise ZeroDivisionError("boom")

    run, _, kept = set_up(says(double(4)))

    with pytest.raises(ToolCrashed):
        talk(run, run_tool=bug)
    assert kept.transcripts[-1]["end"].startswith("ToolCrashed: double crashed: ZeroDivisionError")


def test_an_unknown_tool_is_answered_with_the_known_ones() -> None:
    run, model, _ = set_up(says(ToolCall(id="u", name="rm_rf", input={})), says(submit(8)))

    talk(run)

    assert model.asked[1].messages[-1].results[0].text == "there is no such tool; there are double, submit_result"


def test_long_output_of_a_tool_is_cut() -> None:
    run, model, _ = set_up(says(double(4)), says(submit(8)))

    talk(run, run_tool=lambda _: "x" * 50_000)

    assert len(model.asked[1].messages[-1].results[0].text) < 12_200


@pytest.mark.parametrize(
    ("budget", "limit"),
    [
        pytest.param(Budget(steps=3), "3 steps", id="steps"),
        pytest.param(Budget(tokens=250), "250 tokens", id="tokens"),
        pytest.param(Budget(seconds=9), "9 seconds", id="wall time"),
    ],
)
def test_each_limit_of_the_budget_ends_the_run_and_is_named(budget: Budget, limit: str) -> None:
    run, model, kept = set_up(*(says(double(n)) for n in range(10)))

    with pytest.raises(BudgetExceeded, match=limit):
        talk(replace(run, budget=budget))

    assert len(model.asked) == 3
    assert kept.transcripts[-1]["end"].startswith("BudgetExceeded")


def test_a_result_that_was_paid_for_is_taken_even_when_it_used_the_last_step() -> None:
    run, _, _ = set_up(says(submit(8)))

    assert talk(replace(run, budget=Budget(steps=1))).number == 8
