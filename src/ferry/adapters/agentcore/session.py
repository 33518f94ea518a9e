"""A session of the Code Interpreter: started when first needed, asked once for each thing, stopped at the end.

Invoke is not idempotent, so nothing here is tried again; only whether a command has ended is asked more than once.
"""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ferry.adapters.aws import code
from ferry.adapters.aws_errors import refusal
from ferry.domain.errors import FerryError, RateLimited, SandboxRefused, SandboxUnavailable
from ferry.domain.paid_steps import SandboxSession

FILES, RUN = "ferry/remote.py", "ferry/remote_run.py"
_DONE = ("completed", "canceled", "failed")
_POLL, _SLOWEST = 0.2, 5.0


@dataclass(frozen=True)
class Reply:
    """structured: `structuredContent` of the tool; content: its blocks; error: what it says of itself."""

    structured: Mapping[str, Any]
    content: Sequence[Mapping[str, Any]]
    error: bool

    @property
    def text(self) -> str:
        said = "".join(block.get("text", "") for block in self.content)
        return str(self.structured.get("stdout") or "") + str(self.structured.get("stderr") or "") or said


@dataclass
class Session:
    """interpreter: id of a Code Interpreter with the network mode SANDBOX; lasts: seconds until AWS stops it itself;
    keep: is told of each session when it begins and when it has ended, because both are paid for; step: who asks."""

    client: Any
    interpreter: str
    lasts: int = 3600
    pause: Callable[[float], None] = time.sleep
    keep: Callable[[SandboxSession], object] = lambda used: None
    step: str = ""
    id: str = ""
    _used: SandboxSession | None = None
    _begun: float = 0.0

    def start(self) -> bool:
        """Whether there was none yet."""
        if self.id:
            return False
        with _translated("StartCodeInterpreterSession", self.interpreter):
            made = self.client.start_code_interpreter_session(
                codeInterpreterIdentifier=self.interpreter, name="ferry", sessionTimeoutSeconds=self.lasts
            )
        self.id, self._begun = str(made["sessionId"]), time.monotonic()
        began = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._used = SandboxSession(id=self.id, step=self.step, began=began, lasts=self.lasts)
        self.keep(self._used)
        return True

    def stop(self) -> None:
        """Once; a session that cannot be stopped ends by itself after `lasts`, and is kept as one that is open."""
        id, self.id = self.id, ""
        if not id:
            return
        with suppress(ClientError, BotoCoreError, FerryError):
            self.client.stop_code_interpreter_session(codeInterpreterIdentifier=self.interpreter, sessionId=id)
            if self._used:
                self.keep(self._used.model_copy(update={"seconds": round(time.monotonic() - self._begun, 3)}))

    def measured(self, cpu_seconds: float, gigabytes: float) -> None:
        """What one more command used, by its own account."""
        if self._used:
            cpu, most = self._used.cpu_seconds + max(0.0, cpu_seconds), max(self._used.gigabytes, gigabytes)
            self._used = self._used.model_copy(update={"cpu_seconds": round(cpu, 3), "gigabytes": round(most, 3)})

    def call(self, tool: str, **arguments: Any) -> Reply:
        with _translated(f"InvokeCodeInterpreter {tool}", self.interpreter):
            answer = self.client.invoke_code_interpreter(
                codeInterpreterIdentifier=self.interpreter, sessionId=self.id, name=tool, arguments=arguments
            )
            results = [event["result"] for event in answer["stream"] if "result" in event]
        if not results:
            raise SandboxUnavailable(f"Code Interpreter {tool}: the stream ended without a result")
        content = [block for result in results for block in result["content"]]
        structured = {key: value for result in results for key, value in result.get("structuredContent", {}).items()}
        return Reply(structured, content, any(result.get("isError") for result in results))

    def write(self, files: Mapping[str, bytes]) -> None:
        """By path, relative to the session's folder."""
        content = [{"path": path, "blob": data} for path, data in files.items()]
        if (reply := self.call("writeFiles", content=content)).error:
            raise SandboxUnavailable(f"Code Interpreter writeFiles: {reply.text[:300]}")

    def read(self, path: str) -> bytes:
        reply = self.call("readFiles", paths=[path])
        found = [block["resource"] for block in reply.content if "resource" in block]
        if reply.error or len(found) != 1:
            raise SandboxUnavailable(f"Code Interpreter readFiles: {reply.text[:300] or 'no such file'}")
        blob = found[0].get("blob")
        return bytes(blob) if blob is not None else str(found[0].get("text", "")).encode()

    def ask(self, deed: str, /, **given: Any) -> Mapping[str, Any]:
        """One short deed of `remote.py`."""
        reply = self.call("executeCommand", command=_line(FILES, {**given, "do": deed}))
        return _answer(reply, deed)

    def run(self, patience: float, **given: Any) -> Mapping[str, Any] | None:
        """`remote_run.py`, which may take longer than a request; None when it did not end within `patience` seconds."""
        deadline, pause = time.monotonic() + patience, _POLL
        begun = self.call("startCommandExecution", command=_line(RUN, given))
        task = begun.structured.get("taskId")
        if begun.error or not task:
            raise SandboxUnavailable(f"Code Interpreter startCommandExecution: {begun.text[:300]}")
        while time.monotonic() < deadline:
            with suppress(RateLimited):
                reply = self.call("getTask", taskId=task)
                if reply.error and reply.structured.get("taskStatus") not in _DONE:
                    raise SandboxUnavailable(f"Code Interpreter getTask: {reply.text[:300]}")
                if reply.structured.get("taskStatus") in _DONE:
                    return _answer(reply, "run")
            self.pause(pause)
            pause = min(pause * 1.3, _SLOWEST)
        self.call("stopTask", taskId=task)
        return None


def _line(script: str, given: Mapping[str, Any]) -> str:
    return shlex.join(["python3", "-I", "-S", script, json.dumps(given)])


def _answer(reply: Reply, deed: str) -> Mapping[str, Any]:
    """SandboxUnavailable when the tool, the program or its answer says that it failed."""
    lines = str(reply.structured.get("stdout") or "").strip().splitlines()
    if reply.error or reply.structured.get("exitCode") != 0 or not lines:
        raise SandboxUnavailable(
            f"Code Interpreter: {deed} ended with exit code {reply.structured.get('exitCode')}: {reply.text[-300:]}"
        )
    try:
        found = json.loads(lines[-1])
    except ValueError as error:
        raise SandboxUnavailable(f"Code Interpreter: {deed} answered what is no JSON") from error
    if not isinstance(found, dict) or "error" in found:
        raise SandboxUnavailable(f"Code Interpreter: {deed}: {found}")
    return found


@contextmanager
def _translated(call: str, interpreter: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _refusal(call, interpreter, error) from error
    except BotoCoreError as error:
        raise SandboxUnavailable(f"{call}: {type(error).__name__}: {error}") from error


def _refusal(call: str, interpreter: str, error: ClientError) -> FerryError:
    """An error within an event stream has its member's name, with a small first letter and no status."""
    name = code(error)[:1].upper() + code(error)[1:]
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    message = error.response.get("Error", {}).get("Message", "").partition("\n")[0]
    if name in ("InternalServerException", "ServiceQuotaExceededException", "ConflictException") or status >= 500:
        return SandboxUnavailable(f"{call}: {name}: {message}")
    if name == "ResourceNotFoundException" and call.startswith("Invoke"):
        return SandboxUnavailable(f"{call}: the session is over: {message}")
    if name in ("ResourceNotFoundException", "AccessDeniedException"):
        return SandboxRefused(
            f"{call}: {name} for {interpreter!r}: {message}; see CodeInterpreterId and its IAM policy"
        )
    return refusal(call, name, status, message)
