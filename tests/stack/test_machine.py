"""A deployed state machine and its functions in processes: errors, timeouts, deaths, tokens, branches."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from tests.stack.helpers import Machines, eventually, lines

pytestmark = pytest.mark.stack


def _run(stack: Stack, flow: Machines, **given: Any) -> dict[str, Any]:
    return flow.end(flow.start_again(stack.info["state_machines"]["flow"], given), seconds=20)


def _invoke(stack: Stack, function: str, **event: Any) -> tuple[dict[str, Any], str]:
    reply = stack.clients("lambda").invoke(FunctionName=stack.functions[function], Payload=json.dumps(event))
    return json.loads(reply["Payload"].read()), reply.get("FunctionError", "")


def test_a_function_is_called_in_its_own_process(stack: Stack, flow: Machines) -> None:
    ended = _run(stack, flow, path="call", event={"do": "echo", "value": 7})
    answer = json.loads(ended["output"])["result"]["answer"]
    assert (answer["echo"], answer["name"]) == (7, stack.functions["Probe"])


def test_a_functions_error_is_caught_by_its_class_name(stack: Stack, flow: Machines) -> None:
    ended = _run(stack, flow, path="call", event={"do": "raise"})
    assert (ended["status"], ended["error"]) == ("FAILED", "TransientError")
    assert json.loads(ended["cause"])["errorMessage"] == "the forge is busy"


def test_a_typed_retry_calls_the_function_again(stack: Stack, flow: Machines, tmp_path: Path) -> None:
    counter = tmp_path / "calls"
    ended = _run(stack, flow, path="call", event={"do": "count", "path": str(counter), "fail_first": 1})
    assert (ended["status"], counter.read_text()) == ("SUCCEEDED", "xx")


def test_a_function_over_its_time_is_killed_and_answers_as_lambda_does(stack: Stack) -> None:
    answer, error = _invoke(stack, "Probe", do="sleep", seconds=30)
    assert (error, answer["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    assert answer["errorMessage"].endswith("Task timed out after 1.00 seconds")


def test_a_function_that_ends_its_process_is_a_named_failure_and_the_next_call_works(stack: Stack) -> None:
    answer, error = _invoke(stack, "Probe", do="exit")
    again, fine = _invoke(stack, "Probe", value=1)
    assert (error, answer["errorType"], fine, again["echo"]) == ("Unhandled", "Runtime.ExitError", "", 1)
    assert answer["errorMessage"].endswith("exit status 3")


def test_a_killed_process_is_a_named_failure(stack: Stack) -> None:
    with ThreadPoolExecutor(1) as pool:
        _invoke(stack, "Hello", queryStringParameters=None)
        waiting = pool.submit(_invoke, stack, "Hello", queryStringParameters={"sleep": 30})
        eventually(lambda: (stack.kill("Hello"), waiting.done())[1])
        answer, error = waiting.result()
    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.ExitError")


def test_two_calls_at_once_run_in_two_processes(stack: Stack) -> None:
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(_invoke, stack, "Probe", do="sleep", seconds=0.4) for _ in range(2)]
        pids = {call.result()[0]["pid"] for call in calls}
    assert len(pids) == 2


def test_a_handler_that_cannot_be_imported_says_so(stack: Stack) -> None:
    answer, error = _invoke(stack, "Broken")
    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.ImportModuleError")


def test_an_unknown_function_does_not_exist(stack: Stack) -> None:
    client = stack.clients("lambda")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName="nobody", Payload=b"{}")


def test_a_queued_call_is_tried_again_as_its_configuration_says(stack: Stack, tmp_path: Path) -> None:
    counter = tmp_path / "calls"
    event = json.dumps({"do": "count", "path": str(counter), "fail_first": 9})
    reply = stack.clients("lambda").invoke(FunctionName=stack.functions["Probe"], Payload=event, InvocationType="Event")
    eventually(lambda: counter.exists() and counter.read_text() == "xx")
    assert reply["StatusCode"] == 202


def test_a_function_sees_its_own_environment_and_not_this_ones(stack: Stack) -> None:
    seen, _ = _invoke(stack, "Probe", do="environment")
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == stack.functions["Probe"]
    assert (seen["AWS_ENDPOINT_URL"], seen["TABLE"]) == (stack.info["aws"], stack.info["table"])
    assert "PYTEST_CURRENT_TEST" not in seen


def test_what_a_function_prints_is_in_its_log(stack: Stack) -> None:
    _invoke(stack, "Probe", do="raise")
    assert "the forge is busy" in (stack.path.parent / "logs" / "Probe.log").read_text()


def _token(path: Path) -> str:
    return str(eventually(lambda: lines(path))[0])


def _wait(stack: Stack, flow: Machines, path: Path, timeout: int = 20, heartbeat: int = 10) -> str:
    given = {"path": "token", "file": str(path), "timeout": timeout, "heartbeat": heartbeat}
    return flow.start_again(stack.info["state_machines"]["flow"], given)


def test_a_token_ends_its_wait_with_the_answer(stack: Stack, flow: Machines, tmp_path: Path) -> None:
    arn = _wait(stack, flow, tmp_path / "token")
    flow.client.send_task_success(taskToken=_token(tmp_path / "token"), output='{"approved": true}')
    assert json.loads(flow.end(arn)["output"])["result"] == {"approved": True}


def test_a_tokens_failure_reaches_the_end_with_error_and_cause(stack: Stack, flow: Machines, tmp_path: Path) -> None:
    arn = _wait(stack, flow, tmp_path / "token")
    flow.client.send_task_failure(taskToken=_token(tmp_path / "token"), error="RejectedError", cause="no")
    ended = flow.end(arn)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "RejectedError", "no")


@pytest.mark.parametrize(("timeout", "heartbeat", "result"), [(2, 1, "silent"), (1, 30, "late")])
def test_a_wait_that_nobody_ends_takes_the_path_of_its_timeout(
    stack: Stack, flow: Machines, tmp_path: Path, timeout: int, heartbeat: int, result: str
) -> None:
    ended = flow.end(_wait(stack, flow, tmp_path / "token", timeout, heartbeat))
    assert json.loads(ended["output"])["result"] == result


def test_map_parallel_and_intrinsics_give_what_aws_gives(stack: Stack, flow: Machines) -> None:
    ended = _run(stack, flow, path="many", items=["a", "b", "c"])
    name = ended["executionArn"].rpartition(":")[2]
    assert json.loads(ended["output"]) == [{"total": 3, "next": 4}, {"name": f"run-{name}"}]
