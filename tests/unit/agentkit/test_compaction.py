from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from ferry.agentkit.budget import Budget
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, Note, StopReason, ToolCall
from ferry.agentkit.tool import Noted, Refused, Tool, ToolError, ToolInput
from ferry.domain.context import Context
from ferry.domain.document import Document
from ferry.domain.errors import BudgetExceeded, ContextExceeded, FerryError, ModelUnavailable, NoProgress, VendorRefused
from ferry.domain.ledger import PURPOSE, SUMMARY, Usage
from tests.unit.agentkit.test_loop import Kept, set_up

WINDOW, PAGE = 4_000, 1_500
SECRET = 4711
Turn = Callable[[ModelRequest, int], list[ToolCall]]


class Answer(Document):
    """Hand in the number."""

    number: int


class Read(ToolInput):
    """Read a page."""

    page: int


class RunTests(ToolInput):
    """Run the tests."""


class WriteFile(ToolInput):
    """Write a file."""

    path: str


def call(tool: str, id: str, **given: Any) -> ToolCall:
    return ToolCall(id=id, name=tool, input=given)


def text_of(request: ModelRequest) -> str:
    """Escapes undone, as a model reads it."""
    return "\n".join(
        part
        for message in request.messages
        for part in (message.shared, message.text, *(result.text for result in message.results))
    )


def size(request: ModelRequest) -> int:
    return len(request.model_dump_json()) // 3


@dataclass
class Forgetful:
    """A model that knows what it is shown and nothing else. says: its calls; sums_up: its answer when asked for a
    summary, or the error instead; holds: tokens of its context."""

    says: Turn
    sums_up: ModelReply | FerryError
    holds: int = 10**9
    stop_at: int = 10**9
    asked: list[ModelRequest] = field(default_factory=list)
    turns: int = 0

    def reply(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        usage = Usage(input=size(request), output=20)
        if PURPOSE in request.metadata:
            if isinstance(self.sums_up, FerryError):
                raise self.sums_up
            return self.sums_up.model_copy(update={"usage": usage})
        if size(request) > self.holds:
            raise ContextExceeded("too long")
        if size(request) > self.stop_at:
            said = Message(role="assistant", text="I was about to")
            return ModelReply(message=said, stop=StopReason.CONTEXT, usage=usage, milliseconds=1)
        self.turns += 1
        said = Message(role="assistant", text=f"Turn {self.turns}.", calls=tuple(self.says(request, self.turns)),
                       opaque=({"thought": self.turns},))  # fmt: skip
        return ModelReply(message=said, stop=StopReason.TOOLS, usage=usage, milliseconds=1)


def summary(text: str = "Pages 1 to n say nothing.", **more: Any) -> ModelReply:
    said = Message(role="assistant", text=text, **more)
    return ModelReply(message=said, stop=StopReason.END, usage=Usage(), milliseconds=1)


def reads(request: ModelRequest, turn: int) -> list[ToolCall]:
    """Runs the tests first, tries what is forbidden, reads on and on, and hands in what the tests said at first."""
    if turn == 1:
        return [call("run_tests", "r1"), call("write_file", "w1", path="a.py"), call("write_file", "w2", path="ci.yml")]
    if turn < 16:
        return [call("read", f"p{turn}", page=turn)]
    found = re.search(r"expected (\d+)", text_of(request))
    return [call("submit_result", f"s{turn}", number=int(found[1]) if found else 0)]


def run_tests(_: RunTests) -> str:
    output = f"1 failed (exit code 1)\nexpected {SECRET}, got 0\n"
    return Noted.of(output, Note(kind="run", about="all tests", text=output))


def write_file(ask: WriteFile) -> str:
    if ask.path == "ci.yml":
        raise Refused("ci.yml is CI configuration; nobody may write it")
    return Noted.of("written", Note(kind="change", about=ask.path, text="written whole, 1 lines"))


def right(answer: Answer) -> None:
    if answer.number != SECRET:
        raise ToolError("wrong number")


TOOLS = (
    Tool(Read, lambda ask: f"page {ask.page} " + "lorem " * (PAGE // 6), independent=True),
    Tool(RunTests, run_tests),
    Tool(WriteFile, write_file),
)


@dataclass
class Talk:
    model: Forgetful
    kept: Kept
    told: list[tuple[str, str]]
    run: AgentRun

    def go(self) -> Answer:
        return converse(self.run, system="sys", shared="The ticket.", prompt="Go.", tools=TOOLS, result=Answer,
                        check=right)  # fmt: skip

    @property
    def transcript(self) -> dict[str, Any]:
        return self.kept.transcripts[-1]

    @property
    def firsts(self) -> list[str]:
        """The prompt as it was sent at first, and after each time that less was sent than before."""
        pairs = zip(self.model.asked, self.model.asked[1:], strict=False)
        fewer = [after for before, after in pairs if len(after.messages) < len(before.messages)]
        return [request.messages[0].text for request in (self.model.asked[0], *fewer)]


def talk(sums_up: ModelReply | FerryError, says: Turn = reads, *, window: int = WINDOW, **more: Any) -> Talk:
    run, _, kept = set_up()
    model, told = Forgetful(says, sums_up, **more), list[tuple[str, str]]()
    run = replace(run, model=model, budget=Budget(steps=60), context=Context(tokens=window),
                  tell=lambda kind, detail: told.append((kind, detail)))  # fmt: skip
    return Talk(model, kept, told, run)


def test_a_long_conversation_ends_right_because_what_lasts_survives_word_for_word() -> None:
    at = talk(summary())

    assert at.go() == Answer(number=SECRET)

    shortened = at.model.asked[-1]
    assert max(size(request) for request in at.model.asked if PURPOSE not in request.metadata) <= WINDOW
    assert shortened.messages[0].shared == "The ticket."
    assert shortened.messages[0].text.startswith("Go.\n\nTurns of this conversation")
    first = shortened.messages[0].text
    assert f"The last run of all tests:\n1 failed (exit code 1)\nexpected {SECRET}, got 0" in first
    assert "- a.py: written whole, 1 lines" in first
    assert "- write_file ci.yml: ci.yml is CI configuration; nobody may write it" in first
    assert '<untrusted kind="summary">\nPages 1 to n say nothing.\n</untrusted>' in first


def test_without_what_tools_say_lasts_the_same_conversation_ends_wrong() -> None:
    """Else the test above would prove nothing."""
    at = talk(summary())
    forgetting = (TOOLS[0], Tool(RunTests, lambda ask: str(run_tests(ask)).strip()), TOOLS[2])

    with pytest.raises(FerryError, match="wrong number"):
        converse(at.run, system="sys", prompt="Go.", tools=forgetting, result=Answer, check=right)


def test_it_is_shortened_seldom_and_to_well_under_half() -> None:
    at = talk(summary())

    at.go()

    asked = [request for request in at.model.asked if PURPOSE not in request.metadata]
    sizes = [size(request) for request in asked]
    drops = [after / before for before, after in zip(sizes, sizes[1:], strict=False) if after < before]
    assert 1 <= len(drops) <= 3
    assert max(drops) < 0.5
    assert len(at.firsts) == len(drops) + 1


def test_a_summary_is_asked_for_at_the_end_of_the_same_conversation_and_paid_under_its_name() -> None:
    at = talk(summary())

    at.go()

    index = next(i for i, request in enumerate(at.model.asked) if PURPOSE in request.metadata)
    asked, before = at.model.asked[index], at.model.asked[index - 1]
    assert (asked.system, asked.tools) == (before.system, before.tools)
    assert asked.messages[: len(before.messages)] == before.messages
    assert asked.messages[-1].results
    assert "call no tool" in asked.messages[-1].text
    assert asked.goes_on is False
    assert asked.metadata == {**before.metadata, PURPOSE: SUMMARY}
    assert [line.purpose for line in at.kept.ledger].count(SUMMARY) == len(at.firsts) - 1
    assert not any("call no tool" in text_of(request) for request in at.model.asked if PURPOSE not in request.metadata)


@pytest.mark.parametrize(
    "sums_up",
    [
        ModelUnavailable("away"),
        VendorRefused("no", 400),
        BudgetExceeded("no money"),
        ContextExceeded("too long"),
        summary(""),
        summary("I read on.", calls=(call("read", "x", page=1),)),
        summary("cut").model_copy(update={"stop": StopReason.MAX_TOKENS}),
        summary("no").model_copy(update={"stop": StopReason.REFUSED}),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, FerryError) else one.stop + str(len(one.message.calls)),
)
def test_where_no_summary_can_be_had_a_line_per_call_takes_its_place(sums_up: ModelReply | FerryError) -> None:
    at = talk(sums_up)

    assert at.go() == Answer(number=SECRET)

    first = at.firsts[-1]
    assert '<untrusted kind="done">' in first
    assert re.search(r"- read\(page=2\): 1,\d\d\d characters\n", first)
    assert "lorem" not in first
    assert 'kind="summary"' not in first


def test_what_was_sent_and_what_was_left_out_is_in_the_transcript_and_in_the_timeline() -> None:
    at = talk(summary())

    at.go()

    said = [message["text"] for message in at.transcript["messages"] if message["role"] == "assistant"]
    assert said == [f"Turn {turn}." for turn in range(1, 17)]
    assert "lorem" in json.dumps(at.transcript["messages"])
    shortened = at.transcript["shortenings"]
    assert [one["told"] for one in shortened] == [first.removeprefix("Go.\n\n") for first in at.firsts[1:]]
    before = shortened[0]
    assert 1 + before["left_out"] + before["kept"] == before["after"]
    assert [(kind, detail) for kind, detail in at.told if kind == "conversation shortened"] == [
        ("conversation shortened", f"planning acme/pricing T1 attempt 2 {one['what']}") for one in shortened
    ]


@pytest.mark.parametrize("more", [{"holds": 3_000}, {"stop_at": 3_000}], ids=["refused", "no room to answer"])
def test_a_model_without_room_is_asked_once_more_with_less(more: dict[str, int]) -> None:
    at = talk(summary(), window=10**6, **more)

    assert at.go() == Answer(number=SECRET)

    assert not any(PURPOSE in request.metadata for request in at.model.asked)
    assert '<untrusted kind="done">' in at.firsts[-1]


def test_a_model_without_room_for_the_prompt_and_the_newest_turn_ends_the_conversation() -> None:
    at = talk(summary(), window=10**6, holds=600)

    with pytest.raises(ContextExceeded):
        at.go()


def test_a_turn_that_says_more_than_a_third_of_the_window_is_cut() -> None:
    def many(request: ModelRequest, turn: int) -> list[ToolCall]:
        pages = [call("read", f"p{turn}-{page}", page=page) for page in range(20)]
        return pages if turn == 1 else [call("submit_result", "s", number=SECRET)]

    at = talk(summary(), many)

    at.go()

    results = at.model.asked[1].messages[-1].results
    assert size(at.model.asked[1]) < WINDOW * 20 * 1000 // WINDOW
    assert all("characters left out" in result.text and result.text.endswith("</untrusted>") for result in results)
    assert "characters left out" not in json.dumps(at.transcript["messages"][2])


def test_no_summary_is_asked_for_when_few_calls_are_left() -> None:
    at = talk(summary())
    at.run = replace(at.run, budget=Budget(steps=9))

    with pytest.raises(BudgetExceeded):
        at.go()

    assert not any(PURPOSE in request.metadata for request in at.model.asked)
    assert "few calls are left" in at.transcript["shortenings"][0]["what"]


def again(pages: int) -> Turn:
    """Reads the same pages over and over."""
    return lambda request, turn: [call("read", f"p{turn}", page=turn % pages)]


def test_what_was_left_out_may_be_read_again_but_a_circle_is_still_one() -> None:
    at = talk(summary(), again(8))

    with pytest.raises(NoProgress, match="nothing that was done or read was new"):
        at.go()

    assert 8 + 6 < at.model.turns <= 2 * 8 + 6


def test_a_failure_that_comes_again_is_counted_across_what_was_left_out() -> None:
    def fails(request: ModelRequest, turn: int) -> list[ToolCall]:
        tests = [call("run_tests", f"r{turn}")] if turn % 3 == 0 else []
        return [call("read", f"p{turn}", page=turn), *tests]

    at = talk(summary(), fails)

    with pytest.raises(NoProgress, match="the same failure 5 times"):
        at.go()

    assert at.model.turns == 15
    assert len(at.firsts) > 1
