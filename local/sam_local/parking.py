"""Real task tokens: a machine of one state that waits, and tells its token through a queue."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from local.aws.deploy.deployment import Clients

WAIT_SECONDS = 30
NAME = "ferry-sam-local"


@dataclass(frozen=True)
class Outcome:
    """status: as DescribeExecution says; output: JSON of a success; error: name of a failure."""

    status: str
    output: Any
    error: str


class Parking:
    """`machine` is the ARN of the machine, whose executions wait ten minutes for their token."""

    def __init__(self, clients: Clients) -> None:
        self._states, self._sqs = clients("stepfunctions"), clients("sqs")
        self._tokens: dict[str, str] = {}
        self._lock = threading.Lock()
        self._queue = self._sqs.create_queue(QueueName=f"{NAME}-tokens")["QueueUrl"]
        self.machine = self._states.create_state_machine(
            name=NAME, definition=_definition(self._queue), roleArn="arn:aws:iam::123456789012:role/local"
        )["stateMachineArn"]

    def token(self, name: str) -> str:
        """Start an execution under `name` and get the token that it waits for. TimeoutError."""
        self._states.start_execution(stateMachineArn=self.machine, name=name)
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            with self._lock:
                self._receive()
                if name in self._tokens:
                    return self._tokens.pop(name)
        raise TimeoutError(f"execution {name} told no token in {WAIT_SECONDS} s")

    def outcome(self, name: str) -> Outcome:
        """As soon as the execution has ended, else after some seconds what it is doing."""
        execution = self.machine.replace(":stateMachine:", ":execution:") + f":{name}"
        for _ in range(50):
            told = self._states.describe_execution(executionArn=execution)
            if told["status"] != "RUNNING":
                break
            time.sleep(0.1)
        return Outcome(told["status"], json.loads(told.get("output") or "null"), told.get("error", ""))

    def _receive(self) -> None:
        answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", ()):
            told = json.loads(message["Body"])
            self._tokens[told["execution"]] = told["token"]
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])


def _definition(queue: str) -> str:
    body = {"token.$": "$$.Task.Token", "execution.$": "$$.Execution.Name"}
    wait = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": queue, "MessageBody": body},
        "TimeoutSeconds": 600,
        "End": True,
    }
    return json.dumps({"StartAt": "Wait", "States": {"Wait": wait}})
