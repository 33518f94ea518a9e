"""One Lambda function's description, and one operating system process that runs it."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from local.aws.runtime_api import Answer, Call, RuntimeApi

START_SECONDS = 60.0
"""How long a process may import its handler; Lambda gives 10 s, a laptop under load needs more."""

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "SYSTEMROOT")


@dataclass(frozen=True)
class Function:
    """`handler` is module.function below `root`; `timeout` in seconds; `memory` in MB; `log` is appended to."""

    name: str
    arn: str
    handler: str
    root: Path
    log: Path
    timeout: float = 3.0
    memory: int = 128
    environment: Mapping[str, str] = field(default_factory=dict)
    retries: int = 2

    def variables(self, runtime_api: str) -> dict[str, str]:
        """What Lambda sets (docs "Defined runtime environment variables"), over a minimum of this machine's own."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return kept | {
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
            "LAMBDA_TASK_ROOT": str(self.root),
            "_HANDLER": self.handler,
            "TZ": ":UTC",
            "PYTHONPATH": os.pathsep.join([str(self.root), str(self.root / "src")]),
            **self.environment,
        }


class FunctionProcess:
    """Serves one invocation at a time; after a timeout or a death it is `alive` no more."""

    def __init__(self, function: Function, *, client: str = "") -> None:
        """`client` is the module that runs the handler; without one, AWS's own where it works, else ours."""
        self._function = function
        self._client = client or ("awslambdaric" if _native() else "local.aws.runtime_client")
        self._api = RuntimeApi()
        self._process = self._started()
        self._stopped = False
        threading.Thread(target=self._watch, name=f"watch-{function.name}", daemon=True).start()

    @property
    def alive(self) -> bool:
        return not self._stopped and self._process.poll() is None

    def invoke(self, payload: bytes) -> Answer:
        """Blocks until the process answers, dies or runs out of time; the start does not count, as in Lambda."""
        function = self._function
        call = Call(payload, function.arn, function.timeout)
        failure = self._start_failure(call)
        if failure is not None:
            self.kill()
            return failure
        self._api.submit(call)
        if not self.alive:
            self._settle_dead(call)
        try:
            return call.answer.result(timeout=function.timeout)
        except FutureTimeout:
            call.settle(_failure("Sandbox.Timedout", call, f"Task timed out after {function.timeout:.2f} seconds"))
            self.kill()
            return call.answer.result()

    def wait_until_ready(self) -> None:
        with suppress(FutureTimeout):
            self._api.ready.result(timeout=START_SECONDS)

    def kill(self) -> None:
        """SIGKILL for the process and everything it started."""
        self._stopped = True
        _kill_group(self._process)
        self._process.wait()

    def _start_failure(self, call: Call) -> Answer | None:
        try:
            return self._api.ready.result(timeout=START_SECONDS)
        except FutureTimeout:
            return _failure("Sandbox.Timedout", call, f"Init timed out after {START_SECONDS:.2f} seconds")

    def _started(self) -> subprocess.Popen[bytes]:
        function = self._function
        function.log.parent.mkdir(parents=True, exist_ok=True)
        with function.log.open("ab") as log:
            return _spawn(function, self._client, self._api.address, log)

    def _watch(self) -> None:
        self._process.wait()
        self._stopped = True
        call = self._api.current
        died = Call(b"", self._function.arn, 0)
        self._api.failed_to_start(_exit_failure(died, self._process.returncode))
        if call is not None:
            self._settle_dead(call)
        self._api.close()

    def _settle_dead(self, call: Call) -> None:
        call.settle(_exit_failure(call, self._process.wait()))


def _native() -> bool:
    return bool(importlib.util.find_spec("awslambdaric") and importlib.util.find_spec("runtime_client"))


def _spawn(function: Function, client: str, api: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
    variables = function.variables(api)
    if client.startswith("local."):
        ours = str(Path(__file__).resolve().parents[2])
        variables["PYTHONPATH"] = os.pathsep.join([variables["PYTHONPATH"], ours])
    return subprocess.Popen(
        [sys.executable, "-m", client, function.handler],
        cwd=function.root,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _exit_failure(call: Call, code: int) -> Answer:
    how = f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
    return _failure("Runtime.ExitError", call, f"Runtime exited with error: {how}")


def _failure(kind: str, call: Call, message: str) -> Answer:
    """The bodies that Lambda itself answers with, e.g. ``RequestId: … Error: Task timed out after 3.00 seconds``."""
    body = {"errorType": kind, "errorMessage": f"RequestId: {call.id} Error: {message}"}
    return Answer(json.dumps(body).encode(), "Unhandled")
