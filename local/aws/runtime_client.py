"""AWS's Lambda runtime client in plain Python, for systems where awslambdaric's native part is missing.

Used as `python -m local.aws.runtime_client module.handler`. Same protocol and same error bodies as awslambdaric
(https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html); no X-Ray, no concurrency inside one process.
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PREFIX = "/2018-06-01/runtime"


@dataclass
class Context:
    """The attributes of AWS's context object that handlers and Powertools read."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int
    function_name: str = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    function_version: str = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "")
    memory_limit_in_mb: str = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    log_group_name: str = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
    log_stream_name: str = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
    client_context: None = None
    identity: None = None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.deadline_ms - int(time.time() * 1000))


def main(handler_name: str) -> int:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        module, _, function = handler_name.rpartition(".")
        handler = getattr(importlib.import_module(module), function)
    except Exception as error:  # noqa: BLE001 - whatever the module raises is the function's failure to start
        _post(connection, "/init/error", json.dumps(_described(error)))
        return 1
    while True:
        _serve_one(connection, handler)


def _serve_one(connection: http.client.HTTPConnection, handler: Callable[[Any, Context], Any]) -> None:
    connection.request("GET", f"{PREFIX}/invocation/next")
    reply = connection.getresponse()
    event = json.loads(reply.read())
    call_id = reply.headers["Lambda-Runtime-Aws-Request-Id"]
    arn, deadline = reply.headers["Lambda-Runtime-Invoked-Function-Arn"], reply.headers["Lambda-Runtime-Deadline-Ms"]
    try:
        body, kind = json.dumps(handler(event, Context(call_id, arn, int(deadline)))), "response"
    except Exception as error:  # noqa: BLE001 - the boundary: every error of a handler is an answer
        traceback.print_exc()
        body, kind = json.dumps(_described(error)), "error"
    _post(connection, f"/invocation/{call_id}/{kind}", body)


def _described(error: Exception) -> dict[str, Any]:
    trace = traceback.format_list(traceback.extract_tb(error.__traceback__))
    return {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}


def _post(connection: http.client.HTTPConnection, path: str, body: str) -> None:
    connection.request("POST", PREFIX + path, body.encode(), {"Content-Type": "application/json"})
    connection.getresponse().read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
