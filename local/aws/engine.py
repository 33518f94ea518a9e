"""moto's services as one HTTP endpoint, with Lambda invocations answered by our runner."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from werkzeug.wsgi import get_input_stream

from local.aws import mends
from local.aws.faults import Faults
from local.aws.http import Late
from local.aws.mends.tokens import stop_executions
from local.aws.permissions.grants import Permissions
from local.aws.permissions.guard import Guard
from local.aws.runner import Runner, UnknownFunctionError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACCOUNT = "123456789012"
_INVOCATIONS = "/2015-03-31/functions/"


@dataclass(frozen=True)
class Engine:
    """The embedded AWS, under one address for every service."""

    runner: Runner

    def stop(self) -> None:
        """Stops what runs and forgets everything: moto's state belongs to the process, not to a server."""
        self.stop_running()
        _configure(run=False)
        _reset_moto()

    def stop_running(self) -> None:
        """Executions first, so that none sees its function die and goes on to its failure exit."""
        stop_executions()
        self.runner.stop()


def start_engine(
    runner: Runner,
    at: Late,
    url: str,
    *,
    on_sent: Callable[[], None] = lambda: None,
    faults: Faults | None = None,
    permissions: Permissions | None = None,
) -> Engine:
    """Answers `at`, which is served under `url`. One per process: moto's state and interpreter belong to it.

    `on_sent` is called after each message that was sent to a queue; `faults` says which calls are struck, and
    `permissions` which ones functions may make.
    """
    _configure(run=True)
    mends.apply()
    os.environ["MOTO_PORT"] = url.rpartition(":")[2]  # by which moto's interpreter finds its own server
    application = _Application(_moto(), runner, on_sent, faults or Faults(0, ()))
    at.app = Guard(application, permissions or Permissions(ACCOUNT))
    return Engine(runner)


class _Application:
    def __init__(self, moto: WSGIApplication, runner: Runner, on_sent: Callable[[], None], faults: Faults) -> None:
        self._moto = moto
        self._faults = faults
        self._runner = runner
        self._on_sent = on_sent
        self._tables = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(_INVOCATIONS) and path.endswith("/invocations"):
            return self._invoke(environ, start_response)
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if fault := self._faults.strike(target):
            get_input_stream(environ).read()
            return _reply(start_response, fault.status, fault.body(), {"x-amzn-ErrorType": fault.code})
        # moto's tables are plain dictionaries: a transaction copies them while others write.
        with self._tables if target.startswith("DynamoDB") else nullcontext():
            answer = self._moto(environ, start_response)
        if target.startswith("AmazonSQS.SendMessage"):
            self._on_sent()
        return answer

    def _invoke(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = unquote(environ["PATH_INFO"][len(_INVOCATIONS) : -len("/invocations")])
        payload = get_input_stream(environ).read()
        try:
            if environ.get("HTTP_X_AMZ_INVOCATION_TYPE") == "Event":
                self._runner.invoke_event(name, payload)
                return _reply(start_response, "202 Accepted", b"")
            answer = self._runner.invoke(name, payload)
        except UnknownFunctionError:
            body = {"Type": "User", "Message": f"Function not found: {name}"}
            headers = {"X-Amzn-ErrorType": "ResourceNotFoundException"}
            return _reply(start_response, "404 Not Found", json.dumps(body).encode(), headers)
        headers = {"X-Amz-Function-Error": answer.error} if answer.error else {}
        return _reply(start_response, "200 OK", answer.payload, headers | {"X-Amz-Executed-Version": "$LATEST"})


def _reply(
    start_response: StartResponse, status: str, body: bytes, headers: dict[str, str] | None = None
) -> Iterable[bytes]:
    common = {"Content-Type": "application/json", "x-amzn-RequestId": str(uuid.uuid4())}
    start_response(status, [*common.items(), *(headers or {}).items(), ("Content-Length", str(len(body)))])
    return [body]


def _moto() -> WSGIApplication:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    application: Any = DomainDispatcherApplication(create_backend_app)
    return application  # type: ignore[no-any-return]


def _configure(*, run: bool) -> None:
    """moto runs state machines, or gives the canned answers that it is known for."""
    from moto.core.config import default_user_config

    default_user_config["stepfunctions"] = {"execute_state_machine": run}


def _reset_moto() -> None:
    from moto.moto_api._internal.models import moto_api_backend

    moto_api_backend.reset()
