"""WorkflowEngine on AWS Step Functions (Standard)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ferry.adapters.aws import code, translated
from ferry.adapters.execution_history import read_history
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.paid_steps import History

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

GONE = frozenset({"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"})


class StepFunctionsEngine:
    """Execution names are unique for 90 days; see StartExecution in the Step Functions API reference."""

    def __init__(self, client: SFNClient, machine: str) -> None:
        self._client = client
        self._machine = machine

    def start(self, name: str, input: Mapping[str, Any]) -> str:
        with translated("Step Functions StartExecution"):
            try:
                answer = self._client.start_execution(
                    stateMachineArn=self._machine, name=name, input=json.dumps(input, sort_keys=True)
                )
            except ClientError as error:
                if code(error) == "ExecutionAlreadyExists":
                    raise Conflict(f"execution {name} exists already with another input or has ended") from error
                raise
        return answer["executionArn"]

    def stop(self, execution: str, reason: str) -> None:
        with translated("Step Functions StopExecution"):
            self._client.stop_execution(executionArn=execution, error="Stopped", cause=reason)

    def status(self, execution: str) -> str:
        with translated("Step Functions DescribeExecution"):
            try:
                return self._client.describe_execution(executionArn=execution)["status"]
            except ClientError as error:
                if code(error) == "ExecutionDoesNotExist":
                    raise NotFound(f"the engine does not know execution {execution}") from error
                raise

    def history(self, execution: str) -> History:
        with translated("Step Functions GetExecutionHistory"):
            try:
                pages = self._client.get_paginator("get_execution_history").paginate(executionArn=execution)
                return read_history(event for page in pages for event in page["events"])
            except ClientError as error:
                if code(error) == "ExecutionDoesNotExist":
                    raise NotFound(f"the engine does not know execution {execution}") from error
                raise

    def succeed(self, token: str, output: Mapping[str, Any]) -> bool:
        return self._resolve("SendTaskSuccess", self._client.send_task_success, token, output=json.dumps(output))

    def fail(self, token: str, error: str, cause: str) -> bool:
        return self._resolve(
            "SendTaskFailure", self._client.send_task_failure, token, error=error[:256], cause=cause[:32768]
        )

    def heartbeat(self, token: str) -> bool:
        return self._resolve("SendTaskHeartbeat", self._client.send_task_heartbeat, token)

    def _resolve(self, call: str, send: Callable[..., object], token: str, **fields: str) -> bool:
        with translated(f"Step Functions {call}"):
            try:
                send(taskToken=token, **fields)
            except ClientError as error:
                if code(error) in GONE:
                    return False
                raise
        return True
