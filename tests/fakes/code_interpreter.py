"""A Code Interpreter over HTTP, made of botocore's model of the service: requests and replies are checked against it.

Its sessions are folders in which commands really run. What AWS gives besides (another machine, another user, no
network) it does not give: it stands in for the interface, not for the isolation.
"""

from __future__ import annotations

import base64
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import botocore.session
from botocore.config import Config
from flask import Flask, Response, request
from moto.core.eventstream import EventStreamEncoder

from ferry.adapters.agentcore.client import OPTIONS
from ferry.adapters.bounded_process import Limits, limited, run_bounded
from ferry.adapters.plain_process import clean_environment
from local.server import serve
from local.standins.bedrock.shapes import faults

INTERPRETER = "ferry-0123456789"
MODEL = botocore.session.get_session().get_service_model("bedrock-agentcore")
Json = dict[str, Any]


class Refused(Exception):
    """code: the name of an error of the operation."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Task:
    canceled: threading.Event = field(default_factory=threading.Event)
    status: str = "working"
    output: str = ""
    exit_code: int = 0


@dataclass
class FakeSession:
    folder: Path
    tasks: dict[str, Task] = field(default_factory=dict)


@dataclass
class CodeInterpreter:
    """calls: name of each tool that was asked for, in order; received: bytes of `writeFiles`; faults: an error by tool,
    given once, within the stream when its name begins with a small letter."""

    url: str = ""
    sessions: dict[str, FakeSession] = field(default_factory=dict)
    started: list[Json] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    received: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    mends: dict[str, Callable[[Json], Json]] = field(default_factory=dict)

    def start(self, given: Json) -> Json:
        check("StartCodeInterpreterSession", given)
        self._known(given)
        self._break("start")
        id = uuid4().hex
        self.sessions[id] = FakeSession(Path(tempfile.mkdtemp(prefix="interpreter-")))
        self.started.append(given)
        return {"codeInterpreterIdentifier": INTERPRETER, "sessionId": id, "createdAt": "2026-11-21T16:00:00Z"}

    def stop(self, given: Json) -> Json:
        check("StopCodeInterpreterSession", given)
        self._known(given)
        id = str(given["sessionId"])
        for task in self._session(id).tasks.values():
            task.canceled.set()
        del self.sessions[id]
        self.stopped.append(id)
        return {"codeInterpreterIdentifier": INTERPRETER, "sessionId": id, "lastUpdatedAt": "2026-11-21T16:00:00Z"}

    def invoke(self, given: Json) -> Json:
        check("InvokeCodeInterpreter", given)
        self._known(given)
        tool, arguments = str(given["name"]), given.get("arguments") or {}
        session = self._session(str(given.get("sessionId", "")))
        self.calls.append(tool)
        self._break(tool)
        deed: Callable[[FakeSession, Json], Json] | None = getattr(self, f"_{tool}", None)
        if deed is None:
            raise Refused("ValidationException", f"{tool} is not played here")
        reply = deed(session, arguments)
        return self.mends.pop(tool, lambda same: same)(reply)

    def _known(self, given: Json) -> None:
        if given["codeInterpreterIdentifier"] != INTERPRETER:
            raise Refused("ResourceNotFoundException", "there is no such code interpreter")

    def _session(self, id: str) -> FakeSession:
        if id not in self.sessions:
            raise Refused("ResourceNotFoundException", "there is no such session")
        return self.sessions[id]

    def _break(self, tool: str) -> None:
        if tool in self.faults:
            raise Refused(self.faults.pop(tool), "on purpose")

    def _writeFiles(self, session: FakeSession, arguments: Json) -> Json:  # noqa: N802  AWS's name
        for file in arguments["content"]:
            target = _inside(session, file["path"])
            data = base64.b64decode(file["blob"]) if "blob" in file else file["text"].encode()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            self.received += len(data)
        return {"content": [{"type": "text", "text": "Successfully wrote all files"}], "isError": False}

    def _readFiles(self, session: FakeSession, arguments: Json) -> Json:  # noqa: N802
        files = [_inside(session, path) for path in arguments["paths"]]
        if missing := [file.name for file in files if not file.is_file()]:
            return {"content": [{"type": "text", "text": f"no such file: {missing[0]}"}], "isError": True}
        return {"content": [_resource(file) for file in files], "isError": False}

    def _executeCommand(self, session: FakeSession, arguments: Json) -> Json:  # noqa: N802
        task = Task()
        _run(session, arguments["command"], task)
        return _ended(task)

    def _startCommandExecution(self, session: FakeSession, arguments: Json) -> Json:  # noqa: N802
        id, task = uuid4().hex, Task()
        session.tasks[id] = task
        threading.Thread(target=_run, args=(session, arguments["command"], task), daemon=True).start()
        return {"content": [], "structuredContent": {"taskId": id, "taskStatus": "submitted"}, "isError": False}

    def _getTask(self, session: FakeSession, arguments: Json) -> Json:  # noqa: N802
        task = session.tasks[arguments["taskId"]]
        if task.status == "working":
            return {"content": [], "structuredContent": {"taskStatus": "working"}, "isError": False}
        return _ended(task)

    def _stopTask(self, session: FakeSession, arguments: Json) -> Json:  # noqa: N802
        task = session.tasks[arguments["taskId"]]
        task.canceled.set()
        return {"content": [], "structuredContent": {"taskStatus": "canceled"}, "isError": False}


def check(operation: str, given: Json) -> None:
    if found := wrong(MODEL.operation_model(operation).input_shape, given):
        raise Refused("ValidationException", "; ".join(found))


def wrong(shape: Any, value: Json) -> list[str]:
    """Faults of the body, and of what travels as header, path and query."""
    placed = {name for name, member in shape.members.items() if "location" in member.serialization}
    body = {name: item for name, item in value.items() if name not in placed}
    return [
        *faults(shape, body),
        *(fault for name in placed & set(value) for fault in faults(shape.members[name], value[name], name)),
    ]


def _inside(session: FakeSession, path: str) -> Path:
    target = session.folder / path
    if Path(path).is_absolute() or not target.resolve().is_relative_to(session.folder.resolve()):
        raise Refused("ValidationException", f"{path} is not relative to the session's folder")
    return target


def _resource(file: Path) -> Json:
    """Text as text, other bytes as a blob, each named by a URI."""
    data = file.read_bytes()
    kept: Json = {"type": "blob", "uri": f"file:///{file.name}", "blob": base64.b64encode(data).decode()}
    with suppress(UnicodeDecodeError):
        kept = {"type": "text", "uri": kept["uri"], "mimeType": "text/plain", "text": data.decode()}
    return {"type": "resource", "resource": kept}


def _run(session: FakeSession, command: str, task: Task) -> None:
    home = session.folder / ".home"
    home.mkdir(exist_ok=True)
    result = run_bounded(
        limited(["sh", "-c", command], Limits()),
        cwd=session.folder,
        environment=clean_environment(str(home)) | {"AWS_REGION": "us-east-1", "SESSIONS_OWN": "yes"},
        seconds=600,
        watch=lambda: "canceled" if task.canceled.is_set() else "",
    )
    task.output, task.exit_code = result.output, result.exit_code
    task.status = "canceled" if task.canceled.is_set() else "completed"


def _ended(task: Task) -> Json:
    structured = {"stdout": task.output, "stderr": "", "exitCode": task.exit_code, "executionTime": 0.1}
    status = {"taskStatus": task.status} if task.status != "working" else {}
    content = [{"type": "text", "text": task.output}]
    return {"content": content, "structuredContent": structured | status, "isError": task.exit_code != 0}


def _app(world: CodeInterpreter) -> Flask:
    app = Flask("bedrock-agentcore")

    @app.put("/code-interpreters/<interpreter>/sessions/start")
    def start(interpreter: str) -> Response:
        return _reply("StartCodeInterpreterSession", world.start(_given(interpreter)))

    @app.put("/code-interpreters/<interpreter>/sessions/stop")
    def stop(interpreter: str) -> Response:
        return _reply(
            "StopCodeInterpreterSession", world.stop(_given(interpreter, sessionId=request.args["sessionId"]))
        )

    @app.post("/code-interpreters/<interpreter>/tools/invoke")
    def invoke(interpreter: str) -> Response:
        session = request.headers.get("x-amzn-code-interpreter-session-id", "")
        try:
            result = world.invoke(_given(interpreter, sessionId=session))
        except Refused as refused:
            if refused.code[0].isupper():
                raise
            return _stream({":message-type": "exception", ":exception-type": refused.code}, {"message": str(refused)})
        _checked("InvokeCodeInterpreter", {"sessionId": session, "stream": {"result": result}})
        return _stream({":message-type": "event", ":event-type": "result"}, result)

    app.register_error_handler(Refused, _refusal)
    return app


def _given(interpreter: str, **others: str) -> Json:
    if "/bedrock-agentcore/aws4_request" not in request.headers.get("Authorization", ""):
        raise Refused("AccessDeniedException", "the request is not signed for bedrock-agentcore")
    return {**(request.get_json(silent=True, force=True) or {}), "codeInterpreterIdentifier": interpreter, **others}


def _reply(operation: str, reply: Json) -> Response:
    _checked(operation, reply)
    return Response(json.dumps(reply), mimetype="application/json")


def _checked(operation: str, reply: Json) -> None:
    found = wrong(MODEL.operation_model(operation).output_shape, reply)
    assert not found, f"the fake's own reply breaks the model: {found}"


def _stream(headers: Json, payload: Json) -> Response:
    headers = {**headers, ":content-type": "application/json"}
    body = EventStreamEncoder().encode_message(headers, json.dumps(payload).encode())
    return Response(body, mimetype="application/vnd.amazon.eventstream")


def _refusal(error: Refused) -> Response:
    shapes = MODEL.operation_model("InvokeCodeInterpreter").error_shapes
    status = {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in shapes}[error.code]
    message = {"message": str(error), "reason": "FieldValidationFailed"}
    return Response(json.dumps(message), status, {"X-Amzn-ErrorType": error.code}, mimetype="application/json")


@contextmanager
def code_interpreter() -> Iterator[CodeInterpreter]:
    world = CodeInterpreter()
    server = serve(_app(world))
    world.url = server.url
    yield world
    for session in world.sessions.values():
        for task in session.tasks.values():
            task.canceled.set()
    time.sleep(0)
    server.stop()


def client(world: CodeInterpreter) -> Any:
    """Ferry's own client of it."""
    return boto3.client(
        "bedrock-agentcore",
        config=Config(**OPTIONS),
        endpoint_url=world.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
