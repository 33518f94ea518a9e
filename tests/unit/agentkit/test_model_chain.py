"""Who answers when the preferred model cannot; in-memory models whose faults are scripted, the real chain."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason
from ferry.agentkit.model_chain import Link, ModelChain, Patience
from ferry.agentkit.model_circuits import Circuits
from ferry.agentkit.model_manager import ModelManager
from ferry.domain.capabilities import Capabilities
from ferry.domain.circuit import FAILURES, REST_SECONDS, Circuit
from ferry.domain.errors import (
    Conflict,
    ContextExceeded,
    FerryError,
    ModelUnavailable,
    VendorRefused,
    VendorUnavailable,
)
from ferry.domain.ledger import PURPOSE, SUMMARY, Usage
from ferry.domain.model_chain import ModelName, read_chains
from tests.fakes.clock import FakeClock
from tests.fakes.health import FakeModelHealth

SLOW = ModelUnavailable("ThrottlingException")


@dataclass
class FakeModel:
    """Raises or answers what comes next; then answers."""

    next: list[FerryError | StopReason] = field(default_factory=list)
    asked: list[ModelRequest] = field(default_factory=list)

    def reply(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        what = self.next.pop(0) if self.next else StopReason.END
        if isinstance(what, FerryError):
            raise what
        said = Message(role="assistant", text="Ok.", opaque=({"reasoning": "hm"},))
        return ModelReply(message=said, stop=what, usage=Usage(input=1, output=1), milliseconds=1)


@dataclass
class World:
    clock: FakeClock = field(default_factory=FakeClock)
    health: FakeModelHealth = field(default_factory=FakeModelHealth)
    told: list[str] = field(default_factory=list)
    patience: Patience = field(default_factory=lambda: Patience(jitter=lambda: 1.0))

    def chain(self, *models: tuple[str, FakeModel], contexts: Sequence[int] = ()) -> ModelChain:
        links = [
            Link(ModelName("bedrock", "", id), model, Capabilities(context_tokens=context))
            for (id, model), context in zip(models, [*contexts, *[1000] * len(models)], strict=False)
        ]
        circuits = Circuits(self.health, self.clock)
        return ModelChain(links, circuits, self.clock, patience=self.patience, told=self.told.append)


def ask(*history: Message) -> ModelRequest:
    return ModelRequest(model="", system="s", messages=(Message(role="user", text="Go."), *history), max_tokens=99_999)


def test_who_answers_is_named_for_the_ledger_and_for_the_history() -> None:
    reply = World().chain(("a", FakeModel())).reply(ask())

    assert (reply.model, reply.message.model) == ("a", "bedrock:a")


def test_throttling_goes_to_the_next_model_after_a_back_off_and_is_told() -> None:
    world, first, second = World(), FakeModel([SLOW]), FakeModel()

    assert world.chain(("a", first), ("b", second)).reply(ask()).model == "b"
    assert world.clock.slept == [1.0]
    assert world.told == ["bedrock:a → bedrock:b: ThrottlingException"]


def test_back_off_alternates_and_grows_with_each_round() -> None:
    world, first, second = World(), FakeModel([SLOW] * 3), FakeModel([SLOW] * 3)

    assert world.chain(("a", first), ("b", second)).reply(ask()).model == "a"
    assert (len(first.asked), len(second.asked)) == (4, 3)
    assert world.clock.slept == [1.0, 1.0, 2.0, 2.0, 4.0, 4.0]
    assert world.told == []


def test_patience_has_an_end_and_the_last_error_is_told() -> None:
    world, model = World(), FakeModel([SLOW] * 99)
    world.patience = Patience(attempts=3, jitter=lambda: 1.0)

    with pytest.raises(ModelUnavailable, match="ThrottlingException"):
        world.chain(("a", model)).reply(ask())
    assert len(model.asked) == 3


def test_waits_have_a_budget_of_seconds() -> None:
    world, model = World(), FakeModel([ModelUnavailable("slow", retry_after=40)] * 99)
    world.patience = Patience(attempts=99, seconds=100, jitter=lambda: 1.0)

    with pytest.raises(ModelUnavailable):
        world.chain(("a", model)).reply(ask())
    assert world.clock.slept == [40, 40]


def test_the_jitter_is_at_most_half_of_a_back_off() -> None:
    assert [Patience(jitter=lambda: 0.0).backoff(2), Patience(jitter=lambda: 1.0).backoff(2)] == [2.0, 4.0]


def test_it_stays_with_who_answered_for_its_cache_is_warm() -> None:
    world, first, second = World(), FakeModel([SLOW]), FakeModel()
    chain = world.chain(("a", first), ("b", second))

    assert [chain.reply(ask()).model for _ in range(3)] == ["b", "b", "b"]
    assert len(first.asked) == 1
    assert len(world.told) == 1


def test_another_models_thoughts_stay_behind_and_its_own_go_back() -> None:
    world, first, second = World(), FakeModel([StopReason.TOOLS, SLOW]), FakeModel([StopReason.TOOLS, SLOW])
    chain = world.chain(("a", first), ("b", second))
    one = chain.reply(ask()).message
    two = chain.reply(ask(one)).message
    chain.reply(ask(one, two))

    assert second.asked[0].messages[1].opaque == ()
    assert [message.opaque for message in first.asked[-1].messages[1:]] == [one.opaque, ()]


def test_the_output_is_never_more_than_the_model_has() -> None:
    model = FakeModel()
    World().chain(("a", model)).reply(ask())

    assert model.asked[0].max_tokens == Capabilities().max_output


def test_a_conversation_too_long_goes_to_a_larger_context_and_stays_there() -> None:
    world, small, same, large = World(), FakeModel([ContextExceeded("too long")]), FakeModel(), FakeModel([SLOW])
    chain = world.chain(("s", small), ("t", same), ("l", large), contexts=(1000, 1000, 5000))

    assert [chain.reply(ask()).model for _ in range(2)] == ["l", "l"]
    assert (len(small.asked), len(same.asked)) == (1, 0)
    assert world.told == ["bedrock:s → bedrock:l: too long"]


def test_without_a_larger_context_it_is_refused_with_the_remedy() -> None:
    world = World()
    world.health.keep(Circuit(model="bedrock:b").failed(1, "x"))

    with pytest.raises(ContextExceeded, match=r"too long.*MODELS"):
        world.chain(("a", FakeModel([ContextExceeded("too long")])), ("b", FakeModel())).reply(ask())


def test_an_answer_that_filled_the_context_is_paid_for_and_the_next_comes_from_a_larger_one() -> None:
    world, small, large = World(), FakeModel([StopReason.CONTEXT]), FakeModel()
    chain = world.chain(("s", small), ("l", large), contexts=(1000, 5000))

    assert [(reply.stop, reply.model) for reply in (chain.reply(ask()), chain.reply(ask()))] == [
        (StopReason.CONTEXT, "s"),
        (StopReason.END, "l"),
    ]


def test_an_answer_that_filled_the_largest_context_is_the_last() -> None:
    chain = World().chain(("s", FakeModel([StopReason.CONTEXT])))
    chain.reply(ask())

    with pytest.raises(ContextExceeded, match="MODELS"):
        chain.reply(ask())


def test_a_refusal_goes_to_no_other_model() -> None:
    world, other = World(), FakeModel()

    with pytest.raises(VendorRefused):
        world.chain(("a", FakeModel([VendorRefused("temperature")])), ("b", other)).reply(ask())
    assert other.asked == []
    assert world.health.kept["bedrock:a"].error == "VendorRefused: temperature"


def test_a_lost_answer_may_be_paid_for_so_nobody_else_is_asked_unbidden() -> None:
    world, other = World(), FakeModel()
    chain = world.chain(("a", FakeModel([ModelUnavailable("broke off", lost=True)])), ("b", other))

    with pytest.raises(ModelUnavailable, match="broke off"):
        chain.reply(ask())
    assert (other.asked, world.clock.slept) == ([], [])
    assert chain.reply(ask()).model == "b"
    assert world.told == ["bedrock:a → bedrock:b: broke off"]
    assert len(world.health.kept["bedrock:a"].failures) == 1


def test_a_model_that_fails_often_is_left_alone_by_everybody() -> None:
    world = World()
    world.patience = Patience(attempts=FAILURES * 2, jitter=lambda: 0.0)
    for _ in range(FAILURES):
        world.chain(("a", FakeModel([SLOW])), ("b", FakeModel())).reply(ask())
    fresh = FakeModel()

    assert world.chain(("a", fresh), ("b", FakeModel())).reply(ask()).model == "b"
    assert fresh.asked == []
    assert world.told[-1] == "bedrock:a → bedrock:b: it rests"


def test_of_all_who_find_it_rested_one_tries() -> None:
    world = World()
    open_ = Circuit(model="bedrock:a")
    for _ in range(FAILURES):
        open_ = open_.failed(world.clock.now().timestamp(), "slow")
    world.health.kept["bedrock:a"] = open_
    world.clock.advance(REST_SECONDS)
    circuits = Circuits(world.health, world.clock)
    link = Link(ModelName("bedrock", "", "a"), FakeModel(), Capabilities())

    assert [circuits.lets(link), circuits.lets(link)] == [True, False]
    circuits.succeeded(link)
    assert [circuits.lets(link), circuits.lets(link)] == [True, True]


def test_where_all_rest_the_first_to_be_rested_is_waited_for() -> None:
    world, model = World(), FakeModel([SLOW] * FAILURES)
    world.patience = Patience(attempts=99, jitter=lambda: 0.0)

    assert world.chain(("a", model)).reply(ask()).model == "a"
    assert sum(world.clock.slept) >= REST_SECONDS


def test_where_all_rest_longer_than_patience_goes_it_says_until_when_and_why() -> None:
    world, model = World(), FakeModel([SLOW] * FAILURES)
    world.patience = Patience(attempts=99, seconds=30, jitter=lambda: 0.0)

    with pytest.raises(ModelUnavailable, match="bedrock:a: left alone .* more seconds; the last error: Throttling"):
        world.chain(("a", model)).reply(ask())


class NoRecord(FakeModelHealth):
    def circuit(self, model: str) -> Circuit:
        raise VendorUnavailable("DynamoDB")

    def keep(self, circuit: Circuit) -> None:
        raise Conflict("never")


def test_a_record_that_cannot_be_had_stops_no_model() -> None:
    world = World(health=NoRecord())

    assert world.chain(("a", FakeModel([SLOW])), ("b", FakeModel())).reply(ask()).model == "b"


def manager(world: World, models: dict[str, FakeModel], events: list[tuple[str, str, str]]) -> ModelManager:
    chains = read_chains("bedrock:a", '{"planning": ["bedrock:b", "bedrock:a"]}')
    return ModelManager(
        chains,
        lambda name: Link(name, models[name.id], Capabilities()),
        world.health,
        world.clock,
        event=lambda task, kind, detail: events.append((task, kind, detail)),
        patience=world.patience,
    )


def labelled(agent: str, *history: Message, **labels: str) -> ModelRequest:
    return ask(*history).model_copy(update={"metadata": {"agent": agent, "task": "FERRY-1", **labels}})


def test_each_agent_thinks_with_its_own_chain() -> None:
    models = {"a": FakeModel(), "b": FakeModel()}
    thinks = manager(World(), models, [])

    assert [thinks.reply(labelled(agent)).model for agent in ("planning", "execution")] == ["b", "a"]


def test_a_switch_is_in_the_tasks_timeline() -> None:
    events: list[tuple[str, str, str]] = []
    thinks = manager(World(), {"a": FakeModel(), "b": FakeModel([SLOW])}, events)
    thinks.reply(labelled("planning"))

    assert events == [("FERRY-1", "model switched", "planning: bedrock:b → bedrock:a: ThrottlingException")]


def test_a_new_conversation_begins_with_the_preferred_model_again() -> None:
    models = {"a": FakeModel(), "b": FakeModel([SLOW])}
    thinks = manager(World(), models, [])
    said = thinks.reply(labelled("planning", item="1")).message

    assert thinks.reply(labelled("planning", said, item="1")).model == "a"
    assert thinks.reply(labelled("planning", item="2")).model == "b"
    assert thinks.reply(labelled("planning", item="1")).model == "b"


def test_a_first_answer_that_was_lost_is_asked_of_the_next_model() -> None:
    models = {"a": FakeModel(), "b": FakeModel([ModelUnavailable("broke off", lost=True)])}
    events: list[tuple[str, str, str]] = []
    thinks = manager(World(), models, events)

    with pytest.raises(ModelUnavailable):
        thinks.reply(labelled("planning"))
    assert thinks.reply(labelled("planning")).model == "a"
    assert [detail for _, _, detail in events] == ["planning: bedrock:b → bedrock:a: broke off"]


TURN = (Message(role="assistant", text="a"), Message(role="user", text="b"))


@pytest.mark.parametrize("full", [ContextExceeded("too long"), StopReason.CONTEXT])
def test_a_conversation_that_was_shortened_is_asked_of_the_same_model_again(full: FerryError | StopReason) -> None:
    chain = World().chain(("s", FakeModel([full])))
    with suppress(ContextExceeded):
        chain.reply(ask(*TURN, *TURN))

    assert chain.reply(ask(*TURN)).model == "s"


def test_one_that_only_grew_is_not() -> None:
    chain = World().chain(("s", FakeModel([ContextExceeded("too long")])))
    for history in ((*TURN,), (*TURN, *TURN)):
        with pytest.raises(ContextExceeded):
            chain.reply(ask(*history))


def test_a_summary_is_asked_of_the_model_that_carries_the_conversation() -> None:
    models = {"a": FakeModel(), "b": FakeModel([SLOW])}
    thinks = manager(World(), models, [])
    said = thinks.reply(labelled("planning")).message

    assert thinks.reply(labelled("planning", said, **{PURPOSE: SUMMARY})).model == "a"
