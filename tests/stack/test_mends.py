"""Each mend of moto's interpreter, by what AWS does. Leave one out (see conftest.py) and its test fails."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.deploy.deployment import Clients
from local.aws.engine import start_engine
from tests.stack.helpers import ROLE, FunctionsHere, Machines, eventually, served

TOKENS: queue.Queue[str] = queue.Queue()


@pytest.fixture(autouse=True)
def _no_tokens_of_other_tests() -> None:
    with TOKENS.mutex:
        TOKENS.queue.clear()


class BusyError(Exception):
    pass


def _fail(_: Any) -> None:
    raise BusyError("try later")


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    functions = FunctionsHere(echo=lambda event: event, token=lambda event: TOKENS.put(event["token"]), fail=_fail)
    late, url, close = served()
    engine = start_engine(functions, late, url)
    machines = Machines(Clients(url, "us-east-1")("stepfunctions"))
    functions.functions["early"] = lambda event: _succeed(machines, event["token"])
    yield machines
    close()
    engine.stop()


def _succeed(machines: Machines, token: str) -> None:
    machines.client.send_task_success(taskToken=token, output="{}")


def _call(function: str, **fields: Any) -> dict[str, Any]:
    call = {"FunctionName": function, "Payload.$": "$"}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": call, "End": True, **fields}


def _wait(**fields: Any) -> dict[str, Any]:
    call = {"FunctionName": "token", "Payload": {"token.$": "$$.Task.Token"}}
    resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    return {"Type": "Task", "Resource": resource, "Parameters": call, "TimeoutSeconds": 20, "End": True, **fields}


def _then(state: dict[str, Any], following: str) -> dict[str, Any]:
    return {key: value for key, value in state.items() if key != "End"} | {"Next": following}


def _machine(state: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"StartAt": "Only", "States": {"Only": state, **others}}


def _token() -> str:
    return TOKENS.get(timeout=10)


def _code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_retried_wait_gets_a_new_token_and_waits_again(machines: Machines) -> None:
    retry = [{"ErrorEquals": ["AgainError"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = machines.start(_machine(_wait(Retry=retry)))
    first = _token()
    machines.client.send_task_failure(taskToken=first, error="AgainError", cause="once more")
    second = _token()
    machines.client.send_task_success(taskToken=second, output='{"fine": 1}')
    assert (first != second, json.loads(machines.end(arn)["output"])) == (True, {"fine": 1})


def test_the_token_of_a_failed_attempt_is_closed_while_the_next_one_waits(machines: Machines) -> None:
    retry = [{"ErrorEquals": ["AgainError"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = machines.start(_machine(_wait(Retry=retry)))
    first = _token()
    machines.client.send_task_failure(taskToken=first, error="AgainError", cause="once more")
    _token()
    with pytest.raises(ClientError) as refused:
        machines.client.send_task_success(taskToken=first, output="1")
    machines.client.stop_execution(executionArn=arn)
    assert _code(refused) == "TaskTimedOut"


def test_an_answer_before_the_wait_began_is_heeded_at_once(machines: Machines) -> None:
    call = {"FunctionName": "early", "Payload": {"token.$": "$$.Task.Token"}}
    arn = machines.start(_machine(_wait(Parameters=call, HeartbeatSeconds=8)))

    assert machines.end(arn, seconds=4)["status"] == "SUCCEEDED"


def test_a_used_token_is_refused(machines: Machines) -> None:
    arn = machines.start(_machine(_then(_wait(), "Then"), Then={"Type": "Wait", "Seconds": 30, "End": True}))
    token = _token()
    machines.client.send_task_success(taskToken=token, output="1")
    with pytest.raises(ClientError) as refused:
        machines.client.send_task_success(taskToken=token, output="2")
    machines.client.stop_execution(executionArn=arn)
    assert _code(refused) == "TaskTimedOut"


def test_an_expired_token_is_refused(machines: Machines) -> None:
    arn = machines.start(_machine(_wait(TimeoutSeconds=1)))
    token = _token()
    assert machines.end(arn)["error"] == "States.Timeout"
    with pytest.raises(ClientError) as refused:
        machines.client.send_task_success(taskToken=token, output="1")
    assert _code(refused) == "TaskTimedOut"


def test_a_stopped_executions_token_is_refused(machines: Machines) -> None:
    arn = machines.start(_machine(_wait()))
    token = _token()
    machines.client.stop_execution(executionArn=arn)
    with pytest.raises(ClientError) as refused:
        machines.client.send_task_heartbeat(taskToken=token)
    assert _code(refused) == "TaskTimedOut"


def test_an_unknown_token_is_invalid(machines: Machines) -> None:
    with pytest.raises(ClientError) as refused:
        machines.client.send_task_success(taskToken="nobody's", output="1")
    assert _code(refused) == "InvalidToken"


def test_two_answers_to_one_token_at_once_have_one_winner(machines: Machines) -> None:
    from concurrent.futures import ThreadPoolExecutor

    arn = machines.start(_machine(_wait()))
    token = _token()

    def answer(number: int) -> bool:
        try:
            machines.client.send_task_success(taskToken=token, output=str(number))
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(answer, range(8)))
    assert (won.count(True), machines.end(arn)["output"]) == (1, str(won.index(True)))


def test_send_task_failure_keeps_error_and_cause(machines: Machines) -> None:
    arn = machines.start(_machine(_wait()))
    machines.client.send_task_failure(taskToken=_token(), error="RejectedError", cause="by a person")
    ended = machines.end(arn)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "RejectedError", "by a person")


def test_stop_ends_a_waiting_execution_at_once_and_says_why(machines: Machines) -> None:
    arn = machines.start(
        _machine(_wait(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]), Caught={"Type": "Succeed"})
    )
    _token()
    begun = time.monotonic()
    stopped = machines.client.stop_execution(executionArn=arn, error="Cancelled", cause="no longer wanted")
    ended = machines.end(arn)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Cancelled", "no longer wanted")
    assert stopped["stopDate"] is not None
    history = eventually(lambda: _types(machines, arn, "ExecutionAborted"))
    assert "ExecutionFailed" not in history
    assert time.monotonic() - begun < 2
    assert machines.client.describe_execution(executionArn=arn)["status"] == "ABORTED"


def _types(machines: Machines, arn: str, wanted: str) -> list[str]:
    events = machines.client.get_execution_history(executionArn=arn)["events"]
    types = [event["type"] for event in events]
    return types if wanted in types else []


def test_a_missed_heartbeat_has_a_name_of_its_own(machines: Machines) -> None:
    assert machines.run(_machine(_wait(HeartbeatSeconds=1)))["error"] == "States.HeartbeatTimeout"


@pytest.mark.parametrize("caught", ["States.HeartbeatTimeout", "States.Timeout"])
def test_both_timeout_names_catch_a_missed_heartbeat(machines: Machines, caught: str) -> None:
    state = _wait(HeartbeatSeconds=1, Catch=[{"ErrorEquals": [caught], "Next": "Silent"}])
    assert machines.run(_machine(state, Silent={"Type": "Succeed"}))["status"] == "SUCCEEDED"


def test_heartbeats_keep_a_task_alive(machines: Machines) -> None:
    arn = machines.start(_machine(_wait(HeartbeatSeconds=1)))
    token = _token()
    for _ in range(3):
        time.sleep(0.5)
        machines.client.send_task_heartbeat(taskToken=token)
    machines.client.send_task_success(taskToken=token, output="1")
    assert machines.end(arn)["status"] == "SUCCEEDED"


def test_a_timeout_inside_a_branch_is_caught_by_its_name_outside(machines: Machines) -> None:
    state = {
        "Type": "Parallel",
        "Branches": [_machine(_wait(TimeoutSeconds=1))],
        "Catch": [
            {"ErrorEquals": ["States.TaskFailed"], "Next": "Wrong"},
            {"ErrorEquals": ["States.Timeout"], "Next": "Right"},
        ],
        "End": True,
    }
    ends = {
        "Right": {"Type": "Pass", "Result": ["right"], "End": True},
        "Wrong": {"Type": "Pass", "Result": ["wrong"], "End": True},
    }
    assert json.loads(machines.run(_machine(state, **ends))["output"]) == ["right"]


def test_a_fail_state_passes_on_a_predefined_error(machines: Machines) -> None:
    state = _wait(TimeoutSeconds=1, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Failed", "ResultPath": "$.error"}])
    ended = machines.run(_machine(state, Failed={"Type": "Fail", "ErrorPath": "$.error.Error"}))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")


def test_finished_states_leave_no_thread_in_a_list(machines: Machines) -> None:
    from moto.stepfunctions.parser.asl.component.state.exec import execute_state

    machines.run(_machine(_call("echo")))
    assert list(execute_state.TMP_THREADS) == []


def test_a_definition_is_parsed_once(machines: Machines) -> None:
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

    text = json.dumps(_machine({"Type": "Succeed"}))
    assert AmazonStateLanguageParser.parse(text) is AmazonStateLanguageParser.parse(text)


def test_the_service_behind_a_host_is_looked_for_once() -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    class Looked(list[Any]):
        times = 0

        def __iter__(self) -> Iterator[Any]:
            self.times += 1
            return super().__iter__()

    dispatcher = DomainDispatcherApplication(create_backend_app)
    dispatcher.backend_url_patterns = looked = Looked(dispatcher.backend_url_patterns)
    found = {dispatcher.get_backend_for_host("sqs.us-east-1.amazonaws.com") for _ in range(2)}
    assert (found, looked.times) == ({"sqs"}, 1)


def test_one_client_serves_every_task() -> None:
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

    clients = {id(lambda_eval_utils.boto_client_for(region="us-east-1", service="lambda")) for _ in range(2)}
    assert len(clients) == 1


def test_a_failed_execution_writes_nothing_to_the_log(machines: Machines, caplog: pytest.LogCaptureFixture) -> None:
    assert machines.run(_machine(_call("fail")))["error"] == "BusyError"
    assert caplog.records == []


def test_a_warm_state_takes_less_than_20_ms(machines: Machines) -> None:
    """Ten calls of a function in a row; measured 3 to 5 ms each, the limit leaves room for a busy machine."""
    states = {f"S{i}": _then(_call("echo", ResultPath="$.r"), f"S{i + 1}") for i in range(9)}
    definition = {"StartAt": "S0", "States": {**states, "S9": _call("echo", ResultPath="$.r")}}
    arn = machines.client.create_state_machine(name="chain", definition=json.dumps(definition), roleArn=ROLE)
    machines.end(machines.start_again(arn["stateMachineArn"]))
    begun = time.monotonic()
    machines.end(machines.start_again(arn["stateMachineArn"]))
    assert (time.monotonic() - begun) / 10 < 0.02
