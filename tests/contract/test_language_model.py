"""One suite for every `LanguageModel`: Bedrock and chat completions by strict servers, and the scripted one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ferry.agentkit.messages import Message, StopReason, ToolCall, ToolResult
from ferry.domain.errors import ContextExceeded, ModelUnavailable, VendorRefused
from tests.contract.models import ALL, CONTEXT_TOKENS, STREAM, STREAMS, VENDORS, Case, bedrock_standin, case_of


@pytest.fixture(scope="module")
def bedrock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with bedrock_standin(tmp_path_factory.mktemp("screenplay")) as url:
        yield url


@pytest.fixture(params=ALL)
def case(request: pytest.FixtureRequest, bedrock_url: str) -> Iterator[Case]:
    with case_of(request.param, bedrock_url) as case:
        yield case


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest, bedrock_url: str) -> Iterator[Case]:
    with case_of(request.param, bedrock_url) as case:
        yield case


@pytest.fixture(params=STREAMS)
def stream(request: pytest.FixtureRequest, bedrock_url: str) -> Iterator[tuple[Case, Case]]:
    """The streaming model, and the same one answering whole."""
    plain = request.param.removesuffix(STREAM)
    with case_of(request.param, bedrock_url) as case, case_of(plain, bedrock_url) as whole:
        yield case, whole


def answered(*calls: ToolCall) -> Message:
    return Message(role="user", results=tuple(ToolResult(id=call.id, text="x = 1") for call in calls))


def test_a_text_reply_ends_the_turn(case: Case) -> None:
    reply = case.ask("greeting")
    assert (reply.message.role, reply.message.text, reply.message.calls) == ("assistant", "Good morning.", ())
    assert reply.stop is StopReason.END


def test_a_tool_call_and_its_result_go_round(case: Case) -> None:
    first = case.ask("tool")
    [call] = first.message.calls
    assert (first.stop, call.name, call.input) == (StopReason.TOOLS, "read_file", {"path": "a.py"})
    second = case.ask("tool", first.message, answered(call))
    assert (second.message.text, second.stop) == ("It is short.", StopReason.END)


def test_parallel_calls_have_ids_of_their_own_and_are_answered_together(case: Case) -> None:
    first = case.ask("parallel")
    one, two = first.message.calls
    results = (ToolResult(id=one.id, text=""), ToolResult(id=two.id, text="no such file", failed=True))
    second = case.ask("parallel", first.message, Message(role="user", results=results))
    [three] = second.message.calls
    assert len({one.id, two.id, three.id}) == 3
    history = (first.message, Message(role="user", results=results), second.message, answered(three))
    assert case.ask("parallel", *history).stop is StopReason.END


def test_a_conversation_survives_being_stored_as_json(case: Case) -> None:
    first = Message.model_validate_json(case.ask("tool").message.model_dump_json())
    assert case.ask("tool", first, answered(*first.calls)).stop is StopReason.END


def test_usage_grows_with_the_conversation(case: Case) -> None:
    short, long = case.ask("greeting").usage, case.ask("greeting", text="Go. " * 200).usage
    assert 0 < short.input < long.input
    assert short.output == long.output > 0
    grown = long.input + long.cache_read - short.input - short.cache_read
    # 800 characters more: four to a token, or three where the server does not count and they are estimated.
    assert 195 <= grown <= 270


def test_a_refusal_is_a_reply_that_was_paid_for(case: Case) -> None:
    reply = case.ask("refusal")
    assert (reply.stop, reply.message.text) == (StopReason.REFUSED, "I will not.")
    assert reply.usage.output > 0


def test_a_reply_cut_by_the_token_limit_says_so(case: Case) -> None:
    assert case.ask("long").stop is StopReason.MAX_TOKENS


def test_a_conversation_that_another_model_began_goes_on(case: Case) -> None:
    """Its tool ids stay valid; what it thought stays behind."""
    call = ToolCall(id="functions.read_file:0/of another vendor, and a very long one at that: " + "x" * 64,
                    name="read_file", input={"path": "a.py"})  # fmt: skip
    thought = ({"reasoningContent": {"reasoningText": {"text": "hm", "signature": "not ours"}}}, {"reasoning": "hm"})
    began = Message(role="assistant", text="I look.", calls=(call,), opaque=thought, model="openai:http://x/v1#other")
    reply = case.ask("tool", began, answered(call), by=case.chain())
    assert (reply.message.text, reply.model) == ("It is short.", case.name.id)


def test_one_call_is_one_request_and_what_is_throttled_is_unavailable(vendor: Case) -> None:
    vendor.fail("throttled", 1)
    with pytest.raises(ModelUnavailable, match=r"(?i)throttl|rate limit"):
        vendor.ask("greeting")
    assert vendor.ask("greeting").stop is StopReason.END


def test_a_throttled_call_is_tried_again_after_a_back_off(vendor: Case) -> None:
    vendor.fail("throttled", 1)
    assert vendor.ask("greeting", by=vendor.chain()).stop is StopReason.END
    assert vendor.clock.slept == [0.5]


def test_a_model_that_stays_throttled_is_unavailable(vendor: Case) -> None:
    vendor.fail("throttled", 2)
    with pytest.raises(ModelUnavailable, match=r"(?i)throttl|rate limit"):
        vendor.ask("greeting", by=vendor.chain())


def test_a_conversation_longer_than_the_context_is_told_apart(vendor: Case) -> None:
    with pytest.raises(ContextExceeded, match=vendor.name.id):
        vendor.ask("greeting", text="word " * CONTEXT_TOKENS)


def test_an_unknown_model_is_refused_with_the_remedy(vendor: Case) -> None:
    with pytest.raises(VendorRefused, match="MODEL"):
        vendor.ask("greeting", model="no-such-model")


def test_a_refused_parameter_is_refused_with_the_capabilities_as_remedy(vendor: Case) -> None:
    vendor.fail("refused", 1)
    with pytest.raises(VendorRefused, match=f'MODEL_CAPABILITIES.*"{vendor.name.id}"'):
        vendor.ask("greeting", by=vendor.chain())


def test_what_only_a_person_can_mend_is_not_tried_again(vendor: Case) -> None:
    vendor.fail("denied", 1)
    with pytest.raises(VendorRefused):
        vendor.ask("greeting", by=vendor.chain())
    assert vendor.clock.slept == []


@pytest.mark.parametrize("item", ["greeting", "tool", "parallel", "refusal", "long"])
def test_a_streamed_reply_is_the_whole_one_and_shows_its_progress(stream: tuple[Case, Case], item: str) -> None:
    case, whole = stream
    one, other = case.ask(item), whole.ask(item)
    assert one.message == other.message
    assert (one.stop, one.said, one.usage.output) == (other.stop, other.said, other.usage.output)
    assert case.seen == sorted(set(case.seen))
    assert len(case.seen) > 1
    assert case.seen[-1] >= len(one.message.text)


@pytest.mark.parametrize("how", ["end", "half", "cut", "error"])
@pytest.mark.parametrize("item", ["greeting", "parallel"])
def test_half_an_answer_is_a_lost_one(stream: tuple[Case, Case], item: str, how: str) -> None:
    case, _ = stream
    case.spoil(how)
    with pytest.raises(ModelUnavailable) as lost:
        case.ask(item)
    assert lost.value.lost
    assert case.ask(item).message.text or case.ask(item).message.calls


def test_a_lost_answer_is_asked_for_again_by_whoever_pays_alone(stream: tuple[Case, Case]) -> None:
    case, _ = stream
    case.spoil("cut")
    chain = case.chain()
    with pytest.raises(ModelUnavailable):
        case.ask("greeting", by=chain)
    assert case.clock.slept == []
    assert case.ask("greeting", by=chain).message.text == "Good morning."
