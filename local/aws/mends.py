"""Corrections to moto 5.2.5's Step Functions interpreter: each names the wrong, tests/stack/test_mends.py proves it.

When moto is updated: delete a mend, run its test; if it passes, the mend may go.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

_done = threading.Event()
_token_lock = threading.Lock()
_CLOSED = "Task Timed Out: 'Provided task does not exist anymore'"


def apply(skip: frozenset[str] = frozenset()) -> None:
    """Mend moto in this process, once. `skip` leaves out mends by name: for the tests that prove them."""
    if _done.is_set():
        return
    _done.set()
    for mend in MENDS:
        if mend.__name__ not in skip:
            mend()


def reuse_clients() -> None:
    """A boto3 client was made for every task (30 to 60 ms, not thread-safe), for `localhost`, which may be IPv6."""
    import boto3
    from botocore.config import Config
    from moto.core.models import botocore_stubber
    from moto.settings import moto_server_port
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

    lock = threading.Lock()
    config = Config(
        parameter_validation=False,
        retries={"total_max_attempts": 1},
        read_timeout=90_000,
        max_pool_connections=100,
        proxies={},
    )

    @functools.cache
    def made(service: Any, region: str, port: str) -> Any:
        session = boto3.session.Session("local", "local", region_name=region)
        return session.client(service, endpoint_url=f"http://127.0.0.1:{port}", config=config)

    anew = lambda_eval_utils.boto_client_for

    def client(region: str, service: str, state_credentials: Any = None) -> Any:
        if botocore_stubber.enabled:  # a test that mocks AWS in this process
            return anew(region, service, state_credentials)
        with lock:
            return made(service, region, moto_server_port())

    lambda_eval_utils.boto_client_for = client


def parse_once() -> None:
    """A definition was parsed by ANTLR at every start (100 to 200 ms for 50 states), and a JSON path at every use."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
    from moto.stepfunctions.parser.asl.utils import json_path

    AmazonStateLanguageParser.parse = staticmethod(functools.lru_cache(64)(AmazonStateLanguageParser.parse))
    json_path.parse = functools.lru_cache(4096)(json_path.parse)


def forget_threads() -> None:
    """Every state left its finished thread in a global list, so memory only grew."""
    from moto.stepfunctions.parser import utils

    class Forgetful(list[threading.Thread]):
        def append(self, thread: threading.Thread) -> None:
            """Nobody reads the list."""

    kept = utils.TMP_THREADS
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get("TMP_THREADS") is kept:
            module.TMP_THREADS = Forgetful()  # type: ignore[attr-defined]


def log_no_failures() -> None:
    """Each failed state was described in full at every level, though Retry and Catch deal with failures."""
    from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent

    EvalComponent._log_failure_event_exception = lambda self, failure_event_exception: None
    EvalComponent._log_exception = lambda self, exception: None


def one_token_per_attempt() -> None:
    """A retried task kept its token and took the failed attempt's outcome at once; an ended task's token lived on."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
        StateTaskServiceCallback,
    )
    from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackConsumerLeft

    evaluate = StateTaskServiceCallback._evaluate_with_timeout

    def with_fresh_token(self: Any, env: Any) -> None:
        if self.resource.condition != ResourceCondition.WaitForTaskToken:
            evaluate(self, env)
            return
        endpoint = env.callback_pool_manager.add(env.states.context_object.update_task_token())
        try:
            evaluate(self, env)
        finally:
            with _token_lock:
                endpoint.report(CallbackConsumerLeft())
            endpoint.interrupt_all()

    StateTaskServiceCallback._evaluate_with_timeout = with_fresh_token


def refuse_closed_tokens() -> None:
    """A used, expired or stopped token was accepted in silence, and a starting execution broke the search for it."""
    from moto.core.exceptions import AWSError
    from moto.stepfunctions.exceptions import InvalidToken
    from moto.stepfunctions.parser.api import ExecutionStatus
    from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackOutcomeFailure, CallbackOutcomeSuccess
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    class TaskTimedOut(AWSError):  # type: ignore[misc]  # moto's own of this name reaches the client without its code
        TYPE = "TaskTimedOut"
        STATUS = 400

    def open_endpoint(backend: Any, token: str) -> Any:
        for execution in backend._get_executions():
            env = execution.exec_worker.env if execution.exec_worker else None
            endpoint = env.callback_pool_manager.get(token) if env else None
            if endpoint is None:
                continue
            running = execution.exec_status == ExecutionStatus.RUNNING
            if not running or endpoint.consumer_error or endpoint.get_outcome():
                raise TaskTimedOut(_CLOSED)
            return endpoint
        raise InvalidToken("'Invalid token'")

    def success(self: Any, task_token: str, outcome: str) -> None:
        with _token_lock:
            open_endpoint(self, task_token).notify(CallbackOutcomeSuccess(task_token, outcome))

    def failure(self: Any, task_token: str, error: str | None = None, cause: str | None = None) -> None:
        with _token_lock:
            open_endpoint(self, task_token).notify(CallbackOutcomeFailure(task_token, error, cause))

    def heartbeat(self: Any, task_token: str) -> None:
        with _token_lock:
            open_endpoint(self, task_token).notify_heartbeat()

    StepFunctionsParserBackend.send_task_success = success
    StepFunctionsParserBackend.send_task_failure = failure
    StepFunctionsParserBackend.send_task_heartbeat = heartbeat


def keep_cause_of_failure() -> None:
    """SendTaskFailure dropped `cause`."""
    from moto.core.responses import EmptyResult
    from moto.stepfunctions.responses import StepFunctionResponse

    def send_task_failure(self: Any) -> Any:
        read = self._get_param
        self.stepfunction_backend.send_task_failure(read("taskToken"), error=read("error"), cause=read("cause"))
        return EmptyResult()

    StepFunctionResponse.send_task_failure = send_task_failure


def stop_at_once() -> None:
    """StopExecution dropped `error` and `cause`, answered no date, and what waited went on for up to 15 s."""
    from moto.core.responses import ActionResult
    from moto.stepfunctions.parser.api import ExecutionStatus
    from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
        StateTaskServiceCallback,
    )
    from moto.stepfunctions.responses import StepFunctionResponse

    def stop_execution(self: Any) -> Any:
        read = self._get_param
        execution = self.stepfunction_backend.describe_execution(read("executionArn"))
        if execution.exec_status == ExecutionStatus.RUNNING:
            _stop(execution, read("error"), read("cause"))
        return ActionResult({"stopDate": execution.stop_date})

    def quiet_when_stopped(evaluate: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        # Else Retry and Catch answer the interruption, and the execution ends as FAILED.
        def wrapped(self: Any, env: Any) -> None:
            try:
                evaluate(self, env)
            except Exception:  # whatever the interrupted task raised
                if env.is_running():
                    raise

        return wrapped

    StepFunctionResponse.stop_execution = stop_execution
    for owner in (ExecutionState, StateTaskServiceCallback):
        owner._evaluate_with_timeout = quiet_when_stopped(owner._evaluate_with_timeout)


def tell_heartbeats_apart() -> None:
    """A missed heartbeat was only States.Timeout; AWS has States.HeartbeatTimeout, which States.Timeout matches too."""
    from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
        StateTaskServiceCallback,
    )
    from moto.stepfunctions.parser.asl.eval.callback.callback import HeartbeatTimeoutError

    heartbeat = StatesErrorName(typ=StatesErrorNameType.StatesHeartbeatTimeout)
    timeout = StatesErrorName(typ=StatesErrorNameType.StatesTimeout)
    from_error, matches = StateTaskServiceCallback._from_error, ErrorEqualsDecl._eval_body

    def named(self: Any, env: Any, ex: Exception) -> Any:
        event = from_error(self, env=env, ex=ex)
        if isinstance(ex, HeartbeatTimeoutError):
            event.error_name = heartbeat
            event.event_details["taskTimedOutEventDetails"]["error"] = heartbeat.error_name
        return event

    def matched(self: Any, env: Any) -> None:
        if env.stack[-1] == heartbeat and timeout in self.error_names:
            env.stack[-1] = timeout
        matches(self, env)

    StateTaskServiceCallback._from_error = named
    ErrorEqualsDecl._eval_body = matched


def pass_on_states_errors() -> None:
    """An error such as States.Timeout that left a branch, or reached a Fail by ErrorPath, became States.Runtime."""
    from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
    from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName

    matches = ErrorEqualsDecl._eval_body

    def accept(self: Any, error_name: str | None) -> None:
        ErrorName.__init__(self, error_name=error_name)

    def matched(self: Any, env: Any) -> None:
        # States.TaskFailed matches every error but the predefined ones, and tells them by their class.
        with suppress(ValueError, TypeError):
            env.stack[-1] = StatesErrorName.from_name(env.stack[-1].error_name)
        matches(self, env)

    CustomErrorName.__init__ = accept
    ErrorEqualsDecl._eval_body = matched


def stop_executions() -> None:
    """Stop every running execution of this process: their threads would outlive the engine."""
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends

    for account in list(stepfunctions_parser_backends.values()):
        for backend in list(account.values()):
            for execution in backend._get_executions():
                if execution.status == "RUNNING":
                    _stop(execution, None, "the stack was stopped")


def _stop(execution: Any, error: str | None, cause: str | None) -> None:
    from moto.stepfunctions.parser.api import ExecutionStatus

    execution.stop_date = datetime.now(tz=UTC)
    execution.exec_status, execution.error, execution.cause = ExecutionStatus.ABORTED, error, cause
    env = execution.exec_worker.env
    if env is None:
        return
    with suppress(RuntimeError):
        env.set_stop(stop_date=execution.stop_date, cause=cause, error=error)
    for endpoint in list(env.callback_pool_manager._pool.values()):
        endpoint.interrupt_all()


MENDS: tuple[Callable[[], None], ...] = (
    reuse_clients,
    parse_once,
    forget_threads,
    log_no_failures,
    one_token_per_attempt,
    refuse_closed_tokens,
    keep_cause_of_failure,
    stop_at_once,
    tell_heartbeats_apart,
    pass_on_states_errors,
)
