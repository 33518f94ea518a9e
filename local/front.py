"""The HTTP front: the template's routes, as API Gateway's REST API hands them to functions (payload format 1.0).

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
Every refusal is JSON ``{"error": …, "reason": …}``.
"""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from local.aws.deploy.deployment import Route
from local.aws.http import SENT_HEADERS
from local.aws.runner import Runner

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY = 6 * 1024 * 1024
"""Lambda's limit for a synchronous request in bytes; API Gateway's own is 10 MB."""

_TEXT = re.compile(r"(text/.*|application/(json|xml|x-www-form-urlencoded|.*\+json|.*\+xml|javascript))", re.IGNORECASE)
_NO_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, error: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.error, self.reason = status, error, reason


class Front:
    """A WSGI application; `routes` may be set after it has begun to listen, until then it answers 503."""

    def __init__(self, runner: Runner, *, max_body: int = MAX_BODY) -> None:
        self._runner = runner
        self._max_body = max_body
        self._routes: list[tuple[Route, re.Pattern[str]]] | None = None

    def set_routes(self, routes: Sequence[Route]) -> None:
        # A fixed path wins over a variable one, as in API Gateway.
        ordered = sorted(routes, key=lambda route: ("{" in route.path, "+}" in route.path))
        self._routes = [(route, _pattern(route.path)) for route in ordered]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            status, headers, body = self._answer(environ)
        except _Refused as refused:
            body = json.dumps({"error": refused.error, "reason": refused.reason}).encode()
            status, headers = refused.status, [("Content-Type", "application/json")]
        if status not in _NO_BODY:
            headers.append(("Content-Length", str(len(body))))
        start_response(f"{int(status)} {_phrase(status)}", headers)
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> tuple[int, list[tuple[str, str]], bytes]:
        if self._routes is None:
            raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE, "starting", "the stack is still being deployed")
        route, parameters = self._route(self._routes, environ["REQUEST_METHOD"], _raw_path(environ))
        body = self._body(environ)
        event = proxy_event(environ, route, parameters, body)
        answer = self._runner.invoke(route.function, json.dumps(event).encode())
        if answer.error:
            raise _bad_gateway("the function failed; its log says why")
        return _decoded(answer.payload)

    def _route(
        self, routes: Iterable[tuple[Route, re.Pattern[str]]], method: str, path: str
    ) -> tuple[Route, dict[str, str]]:
        for route, pattern in routes:
            found = pattern.fullmatch(path) if route.method in (method, "ANY") else None
            if found:
                return route, found.groupdict()
        raise _Refused(HTTPStatus.NOT_FOUND, "not_found", f"no route {method} {path}")

    def _body(self, environ: WSGIEnvironment) -> bytes:
        try:
            return get_input_stream(environ, max_content_length=self._max_body).read()
        except RequestEntityTooLarge:
            reason = f"the limit is {self._max_body} bytes"
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", reason) from None


def proxy_event(environ: WSGIEnvironment, route: Route, parameters: dict[str, str], body: bytes) -> dict[str, Any]:
    """The event of a REST API: header names as sent, empty maps as null, binary bodies in base64."""
    sent: list[tuple[str, str]] = environ.get(SENT_HEADERS, [])
    query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    text = _is_text(environ.get("CONTENT_TYPE", ""), body)
    return {
        "resource": route.path,
        "path": unquote(_raw_path(environ)),
        "httpMethod": environ["REQUEST_METHOD"],
        "headers": dict(sent),
        "multiValueHeaders": _all_values(sent),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _all_values(query) or None,
        "pathParameters": {name: unquote(value) for name, value in parameters.items()} or None,
        "stageVariables": None,
        "requestContext": _request_context(environ, route),
        "body": (body.decode() if text else base64.b64encode(body).decode()) if body else None,
        "isBase64Encoded": bool(body) and not text,
    }


def _raw_path(environ: WSGIEnvironment) -> str:
    """As sent, so that an encoded slash stays inside its segment."""
    return str(environ.get("REQUEST_URI") or environ["PATH_INFO"]).partition("?")[0]


def _is_text(content_type: str, body: bytes) -> bool:
    if not _TEXT.fullmatch(content_type.partition(";")[0].strip() or "application/json"):
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _request_context(environ: WSGIEnvironment, route: Route) -> dict[str, Any]:
    return {
        "requestId": str(uuid.uuid4()),
        "stage": "local",
        "resourcePath": route.path,
        "path": unquote(_raw_path(environ)),
        "httpMethod": environ["REQUEST_METHOD"],
        "protocol": environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        "requestTimeEpoch": int(time.time() * 1000),
        "domainName": environ.get("HTTP_HOST", ""),
        "identity": {
            "sourceIp": environ.get("REMOTE_ADDR", ""),
            "userAgent": environ.get("HTTP_USER_AGENT", ""),
        },
    }


def _all_values(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _pattern(path: str) -> re.Pattern[str]:
    """`/tasks/{id}` takes one segment, `/files/{proxy+}` all that follow."""
    parts = re.split(r"(\{\w+\+?\})", path.rstrip("/") or "/")
    return re.compile("".join(_part(part) for part in parts) + "/?")


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part.strip("{}+")
    return f"(?P<{name}>.+)" if part.endswith("+}") else f"(?P<{name}>[^/]+)"


def _decoded(payload: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """A proxy answer as HTTP; one that API Gateway would call malformed is its 502."""
    try:
        answer = json.loads(payload)
        status, body = int(answer["statusCode"]), answer.get("body") or ""
        raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        headers = _answer_headers(answer)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _bad_gateway("the function's answer is not an HTTP response") from None
    return status, headers, raw


def _answer_headers(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    many = [(name, str(value)) for name, values in (answer.get("multiValueHeaders") or {}).items() for value in values]
    known = {name.lower() for name, _ in many}
    single = (answer.get("headers") or {}).items()
    headers = many + [(name, str(value)) for name, value in single if name.lower() not in known]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return [(name, value) for name, value in headers if name.lower() != "content-length"]


def _bad_gateway(reason: str) -> _Refused:
    return _Refused(HTTPStatus.BAD_GATEWAY, "bad_gateway", reason)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
