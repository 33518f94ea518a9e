"""A conversation that goes round in circles ends; one that gets somewhere, slowly or by detours, does not."""

from __future__ import annotations

import pytest

from ferry.agentkit.breaker import IDLE, SAME, UNCHANGED, Breaker
from ferry.agentkit.messages import Message, ToolCall, ToolResult
from ferry.domain.errors import NoProgress


def turn(breaker: Breaker, tool: str, said: str, *, failed: bool = False, **input: object) -> None:
    asked = Message(role="assistant", calls=(ToolCall(id="c", name=tool, input=input),))
    breaker.look([asked, Message(role="user", results=(ToolResult(id="c", text=said, failed=failed),))])


def red(seconds: str, number: int = 1) -> str:
    return f'<untrusted kind="run_tests">\n{number} failed, 3 passed (exit code 1)\nran in {seconds}\n</untrusted>'


def test_the_same_error_again_and_again_ends_it_whatever_was_asked_for() -> None:
    breaker = Breaker(acts=False)
    for number in range(SAME - 1):
        turn(breaker, "push", "there is no such tool", failed=True, branch=str(number))

    with pytest.raises(NoProgress, match=f"the same error {SAME} times: there is no such tool"):
        turn(breaker, "push", "there is no such tool", failed=True, branch="x")


def test_the_same_failing_command_ends_it_though_files_change_between_and_durations_differ() -> None:
    breaker = Breaker(acts=True)
    for number in range(SAME - 1):
        turn(breaker, "write_file", f"written: {number} lines", path="a", content=str(number))
        turn(breaker, "run_tests", red(f"0.{number}1s"), paths=[])

    with pytest.raises(NoProgress, match=f"the same failure {SAME} times"):
        turn(breaker, "run_tests", red("9.9s"), paths=[])


def test_a_test_that_fails_otherwise_each_time_is_progress() -> None:
    breaker = Breaker(acts=True)
    for number in range(2 * SAME):
        turn(breaker, "write_file", "written: 1 lines", path="a", content=str(number))
        turn(breaker, "run_tests", red("0.1s", number + 1), paths=[])


def test_a_green_suite_is_no_failure_however_often_it_is_run() -> None:
    breaker = Breaker(acts=True)
    for number in range(2 * SAME):
        turn(breaker, "write_file", "written: 1 lines", path="a", content=str(number))
        turn(breaker, "run_tests", "0 failed, 3 passed (exit code 0)", paths=[])


def test_nothing_new_for_some_turns_ends_it() -> None:
    breaker = Breaker(acts=False)
    turn(breaker, "read_file", "text", path="a")

    for _ in range(IDLE - 1):
        turn(breaker, "read_file", "text", path="a")
    with pytest.raises(NoProgress, match=f"in {IDLE} turns nothing"):
        turn(breaker, "read_file", "text", path="a")


def test_reading_one_file_after_the_other_is_progress_for_who_only_reads() -> None:
    breaker = Breaker(acts=False)
    for number in range(2 * UNCHANGED):
        turn(breaker, "read_file", "text", path=str(number))


def test_who_can_write_and_only_reads_ends() -> None:
    breaker = Breaker(acts=True)
    for number in range(UNCHANGED - 1):
        turn(breaker, "read_file", "text", path=str(number))

    with pytest.raises(NoProgress, match=f"in {UNCHANGED} turns no file was changed"):
        turn(breaker, "read_file", "text", path="one more")


def test_writing_the_same_again_changes_nothing() -> None:
    breaker = Breaker(acts=True)
    for _ in range(IDLE):
        turn(breaker, "write_file", "written: 1 lines", path="a", content="same")

    with pytest.raises(NoProgress):
        turn(breaker, "write_file", "written: 1 lines", path="a", content="same")


def test_turns_without_a_call_count_as_idle() -> None:
    breaker = Breaker(acts=False)
    idle = [Message(role="assistant", text="well"), Message(role="user", text="call a tool")]
    for _ in range(IDLE - 1):
        breaker.look(idle)

    with pytest.raises(NoProgress):
        breaker.look(idle)


def test_the_question_itself_is_no_turn() -> None:
    breaker = Breaker(acts=True)
    for _ in range(UNCHANGED):
        breaker.look([Message(role="user", text="go")])
