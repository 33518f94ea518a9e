"""What a call may cost is known before, what it did cost is written after, whatever the vendor says or does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.agentkit.budget import Budget, Meter
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolSpec
from ferry.agentkit.scale import ABOUT_TOOLS, Scale
from ferry.agentkit.till import LOST_ANSWERS, Till
from ferry.domain.errors import (
    BudgetExceeded,
    InvalidSettings,
    ModelRefused,
    ModelUnavailable,
    NobodyWaits,
    VendorRefused,
)
from ferry.domain.ledger import Usage
from tests.fakes.purse import OpenPurse
from tests.unit.agentkit.test_loop import Replies, set_up

REQUEST = ModelRequest(model="scripted", system="sys", messages=(Message(role="user", text="go"),), max_tokens=8192)
TURN = st.text(max_size=60).map(lambda text: Message(role="user", text=text))


def reply(usage: Usage, **more: Any) -> ModelReply:
    said = Message(role="assistant", text="yes")
    return ModelReply(message=said, stop=StopReason.END, usage=usage, milliseconds=5, **more)


def till(*replies: ModelReply | Exception, budget: Budget | None = None) -> tuple[Till, Replies, OpenPurse, AgentRun]:
    run, model, kept = set_up(*replies)
    run = replace(run, budget=budget or Budget())
    assert isinstance(run.purse, OpenPurse)
    return Till(run, Meter(run.budget, run.clock.now())), model, run.purse, run


def test_the_line_says_what_was_reserved_what_it_cost_and_who_answered() -> None:
    used = Usage(input=100, output=10, cache_read=1000, cache_write=100, cache_write_1h=50, reasoning=4)
    one, _, purse, run = till(reply(used, model="global.anthropic.claude-opus-5-5"))

    one.ask(REQUEST)

    [line] = purse.paid
    assert (line.usage, line.model, line.milliseconds) == (used, "global.anthropic.claude-opus-5-5", 5)
    assert line.micro_dollars == 400 + 200 + 200 + 500 + 400
    assert line.reserved > line.micro_dollars
    assert line.prices == run.prices.version
    assert not line.lost
    assert purse.held == {}


def test_the_dearest_of_those_who_may_answer_is_reserved_for() -> None:
    held = []
    for fallbacks in ((), ("global.anthropic.claude-fable-5-1",), ("us.anthropic.claude-haiku-5-5",)):
        _, _, purse, run = till(reply(Usage(input=1)))
        Till(replace(run, fallbacks=fallbacks), Meter(run.budget, run.clock.now())).ask(REQUEST)
        held.append(purse.paid[0].reserved)

    assert held[1] == 5 * held[0]
    assert held[2] == held[0]


def test_a_model_without_a_price_is_refused_before_it_is_asked() -> None:
    _, model, purse, run = till(reply(Usage(input=1)))

    with pytest.raises(InvalidSettings, match="no price"):
        Till(replace(run, model_id="unheard-of"), Meter(run.budget, run.clock.now())).ask(REQUEST)

    assert (model.asked, purse.paid) == ([], [])


@pytest.mark.parametrize(
    "error",
    [
        ModelUnavailable("throttled"),
        ModelRefused("no"),
        VendorRefused("wrong request", 400),
        NobodyWaits("stopped"),
    ],
)
def test_a_refusal_before_any_work_costs_nothing(error: Exception) -> None:
    one, _, purse, _ = till(error)

    with pytest.raises(type(error)):
        one.ask(REQUEST)

    assert (purse.paid, purse.held) == ([], {})


@pytest.mark.parametrize("error", [VendorRefused("no chat completion", 200), KeyError("choices")])
def test_an_answer_that_cannot_be_read_is_charged_as_reserved(error: Exception) -> None:
    one, _, purse, _ = till(error)

    with pytest.raises(type(error)):
        one.ask(REQUEST)

    [line] = purse.paid
    assert line.lost
    assert line.micro_dollars == line.reserved > 0


def test_a_lost_answer_is_charged_and_asked_for_again_but_not_for_ever() -> None:
    lost = ModelUnavailable("cut", lost=True)
    one, model, purse, _ = till(lost, reply(Usage(input=1, output=1)))
    one.ask(REQUEST)
    assert [line.lost for line in purse.paid] == [True, False]

    one, model, purse, _ = till(*[lost] * 9)
    with pytest.raises(ModelUnavailable):
        one.ask(REQUEST)
    assert len(model.asked) == len(purse.paid) == 1 + LOST_ANSWERS


def test_a_server_that_does_not_count_is_not_free() -> None:
    one, _, purse, _ = till(reply(Usage()))

    one.ask(REQUEST)

    [line] = purse.paid
    assert line.micro_dollars == line.reserved > 0
    assert not line.lost


def test_an_answer_is_shortened_to_what_the_attempt_may_cost_and_refused_below_a_thought() -> None:
    one, model, _, _ = till(reply(Usage(input=1)), budget=Budget(micro_dollars=30_000))
    one.ask(REQUEST)
    assert 1024 <= model.asked[0].max_tokens < 3000

    one, model, _, _ = till(reply(Usage(input=1)), budget=Budget(micro_dollars=10_000))
    with pytest.raises(BudgetExceeded, match=r"may cost \$0\.0100"):
        one.ask(REQUEST)
    assert model.asked == []


def test_an_answer_that_the_budget_cut_ends_by_the_budgets_name() -> None:
    cut = reply(Usage(input=1, output=2000)).model_copy(update={"stop": StopReason.MAX_TOKENS})
    one, _, purse, _ = till(cut, budget=Budget(micro_dollars=30_000))

    with pytest.raises(BudgetExceeded, match="all that the budgets left"):
        one.ask(REQUEST)

    assert len(purse.paid) == 1


@given(text=st.text(max_size=200), turns=st.lists(TURN, min_size=1, max_size=5))
def test_a_request_weighs_at_least_its_bytes(text: str, turns: list[Message]) -> None:
    request = REQUEST.model_copy(update={"system": text, "messages": tuple(turns)})
    said = "".join([text, *(turn.text for turn in turns)])

    assert Scale().weigh(request) >= len(said.encode("utf-8", "surrogatepass"))


def test_what_was_counted_once_is_not_weighed_again() -> None:
    scale, long = Scale(), REQUEST.model_copy(update={"system": "x" * 9000})
    first, answer = scale.weigh(long), reply(Usage(input=3000, output=7))
    scale.learn(long, answer, 3000)
    more = (*long.messages, answer.message, Message(role="user", text="and"))

    assert first > 9000
    assert 3007 < scale.weigh(long.model_copy(update={"messages": more})) < 3400


@pytest.mark.parametrize("change", ["system", "tools", "messages"])
def test_what_changed_since_is_weighed_anew(change: str) -> None:
    scale, long = Scale(), REQUEST.model_copy(update={"system": "x" * 9000})
    scale.learn(long, reply(Usage(input=3000)), 3000)
    tool = ToolSpec(name="t", description="d", schema_={})
    other = {"system": "y" * 9000, "tools": (tool,), "messages": (Message(role="user", text="summary"),)}

    assert scale.weigh(long.model_copy(update={change: other[change]})) > 9000


def test_tools_weigh_what_vendors_say_about_them_too() -> None:
    tool = ToolSpec(name="t", description="d", schema_={})

    assert Scale().weigh(REQUEST.model_copy(update={"tools": (tool,)})) > Scale().weigh(REQUEST) + ABOUT_TOOLS
