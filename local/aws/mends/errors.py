"""Names of errors, by which Retry and Catch find them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any


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
