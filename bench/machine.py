"""The embedded engine: a warm execution of five states (median of 20)"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from local.aws.deploy.deployment import Clients
from local.aws.engine import start_engine
from local.aws.http import Late, serve_keeping_headers
from local.aws.runner import Runner
from local.aws.runtime_api import Answer

RUNS = 20
STATES = 5


class _Echo(Runner):
    def invoke(self, name: str, payload: bytes) -> Answer:
        return Answer(payload)


def lines() -> Iterator[str]:
    late = Late()
    server = serve_keeping_headers(late)
    engine = start_engine(_Echo(), late, server.url)
    client = Clients(server.url, "us-east-1")("stepfunctions")
    try:
        tasks, passes = (_milliseconds(client, kind) for kind in ("Task", "Pass"))
    finally:
        server.stop()
        engine.stop()
    yield f"  {STATES} Lambda tasks  {tasks:6.1f} ms, {tasks / STATES:5.1f} ms a state"
    yield f"  {STATES} Pass states   {passes:6.1f} ms, so a call to a function costs {(tasks - passes) / STATES:.1f} ms"


def _milliseconds(client: Any, kind: str) -> float:
    arn = client.create_state_machine(
        name=f"bench-{kind}", definition=json.dumps(_machine(kind)), roleArn="arn:aws:iam::123456789012:role/bench"
    )["stateMachineArn"]
    return median(_run(client, arn, f"{kind}-{number}") for number in range(RUNS)) * 1000


def _run(client: Any, arn: str, name: str) -> float:
    begun = time.perf_counter()
    execution = client.start_execution(stateMachineArn=arn, name=name, input="{}")["executionArn"]
    while client.describe_execution(executionArn=execution)["status"] == "RUNNING":
        time.sleep(0.001)
    return time.perf_counter() - begun


def _machine(kind: str) -> dict[str, Any]:
    state: dict[str, Any] = {"Type": kind}
    if kind == "Task":
        state |= {
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "echo", "Payload.$": "$"},
        }
        state |= {"ResultPath": None, "TimeoutSeconds": 10}
    names = [f"S{number}" for number in range(STATES)]
    ways: list[dict[str, Any]] = [{"Next": following} for following in names[1:]]
    ends = [*ways, {"End": True}]
    return {"StartAt": "S0", "States": {name: {**state, **way} for name, way in zip(names, ends, strict=True)}}
