"""Task tokens and the end of executions: what AWS accepts, refuses and tells."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

_token_lock = threading.Lock()
_CLOSED = "Task Timed Out: 'Provided task does not exist anymore'"


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


def heed_an_early_answer() -> None:
    """An answer that came before the interpreter began to wait was noticed only when the heartbeat had run out."""
    from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint

    setup = CallbackEndpoint.setup_heartbeat_endpoint

    def with_early_answer(self: Any, heartbeat_seconds: int) -> Any:
        endpoint = setup(self, heartbeat_seconds)
        if self.get_outcome() is not None:
            endpoint.notify()
        return endpoint

    CallbackEndpoint.setup_heartbeat_endpoint = with_early_answer


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
