"""What all routes share: who calls, what is wrong, pages, faults on demand."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, jsonify, request

from local.standins.github.actions.engine import Actions
from local.standins.github.changes import Changes
from local.standins.github.git import Repository
from local.standins.github.records import Token
from local.standins.github.shapes import FERRY
from local.standins.github.world import World

DOCS = "https://docs.github.com/rest"
LIMIT = 5000


class ApiError(Exception):
    """Becomes GitHub's error reply. errors: of a 422, as GitHub lists them."""

    def __init__(self, status: int, message: str, errors: Sequence[Any] = (), headers: dict[str, str] | None = None):
        super().__init__(message)
        self.status, self.message, self.errors, self.headers = status, message, list(errors), headers or {}


def not_found() -> ApiError:
    return ApiError(404, "Not Found")


def invalid(resource: str, field_: str, code: str = "invalid", message: str = "") -> ApiError:
    error = {"resource": resource, "field": field_, "code": code} | ({"message": message} if message else {})
    return ApiError(422, "Validation Failed", [error])


@dataclass
class Fault:
    """The next `times` calls of `method` whose path matches answer `status`."""

    method: str
    path: re.Pattern[str]
    status: int
    times: int
    retry_after: int | None


@dataclass
class Services:
    world: World
    actions: Actions
    changes: Changes
    people: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    started: float = field(default_factory=time.time)


def services() -> Services:
    found: Services = current_app.extensions["github"]
    return found


def world() -> World:
    return services().world


def authenticate() -> None:
    """401 without a known credential: also for public repositories, as Ferry never calls anonymously."""
    words = request.headers.get("Authorization", "").split(" ", 1)
    login = login_of(words[1]) if len(words) == 2 and words[0].lower() in ("bearer", "token") else None
    if login is None:
        message = "Bad credentials" if words[0] else "Requires authentication"
        raise ApiError(401, message)
    g.login = login


def login_of(token: str) -> str | None:
    """Whose token it is."""
    at = services()
    secret = at.world.settings.token
    if secret and secrets.compare_digest(token.encode(), secret.encode()):
        return f"{FERRY}[bot]"
    if token in at.people:
        return at.people[token]
    found = next(iter(at.world.store.all(Token, value=token)), None)
    return found.login if found and datetime.fromisoformat(found.expires_at) > datetime.now(UTC) else None


def fail_on_demand() -> None:
    at = services()
    with at.lock:
        at.calls += 1
        for fault in at.faults:
            if fault.times > 0 and fault.method in ("*", request.method) and fault.path.search(request.path):
                fault.times -= 1
                headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
                raise ApiError(fault.status, _FAULTS.get(fault.status, "Server Error"), headers=headers)


_FAULTS = {
    403: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    429: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
}


def rate_headers(response: Response) -> Response:
    """docs.github.com "Rate limits for the REST API"; the window is an hour."""
    limit = rate()
    for name in ("limit", "remaining", "used", "reset"):
        response.headers[f"X-RateLimit-{name.capitalize()}"] = str(limit[name])
    response.headers["X-RateLimit-Resource"] = "core"
    response.headers["X-GitHub-Request-Id"] = secrets.token_hex(8)
    return response


def rate() -> dict[str, int]:
    at = services()
    used = min(at.calls, LIMIT - 1)
    return {"limit": LIMIT, "used": used, "remaining": LIMIT - used, "reset": int(at.started) + 3600}


def error_reply(error: ApiError) -> Response:
    body: dict[str, Any] = {"message": error.message, "documentation_url": DOCS, "status": str(error.status)}
    reply = jsonify(body | ({"errors": error.errors} if error.errors else {}))
    reply.status_code = error.status
    reply.headers.update(error.headers)
    return reply


def repository(owner: str, repo: str) -> Repository:
    found = world().repository(repo) if owner == world().urls.org else None
    if found is None:
        if owner == world().urls.org and (now := world().now_called(repo)):
            raise moved(repo, now)
        raise not_found()
    return found


def moved(former: str, now: str) -> ApiError:
    """docs.github.com "Best practices for using the REST API", "Follow redirects"."""
    rest = request.full_path.removeprefix(f"/repos/{world().urls.org}/{former}").removesuffix("?")
    return ApiError(301, "Moved Permanently", headers={"Location": world().urls.api(now, rest)})


def payload() -> dict[str, Any]:
    document = request.get_json(force=True, silent=True) if request.data else {}
    if not isinstance(document, dict):
        raise ApiError(400, "Problems parsing JSON")
    return document


def text(document: dict[str, Any], name: str, resource: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(resource, name, "missing_field")
    return value


def page(items: Sequence[Any]) -> tuple[Sequence[Any], dict[str, str]]:
    """The page that `page` and `per_page` (30, at most 100) ask for, and its Link header."""
    size = min(max(request.args.get("per_page", 30, type=int), 1), 100)
    current, last = max(request.args.get("page", 1, type=int), 1), max(-(-len(items) // size), 1)
    wanted = {"first": 1, "prev": current - 1} if current > 1 else {}
    wanted |= {"next": current + 1, "last": last} if current < last else {}
    query = {key: value for key, value in request.args.items() if key != "page"}
    here = f"{world().urls.base}{request.path}"
    links = [f'<{here}?{urlencode(query | {"page": str(number)})}>; rel="{rel}"' for rel, number in wanted.items()]
    return items[(current - 1) * size : current * size], {"Link": ", ".join(links)} if links else {}


def paged(items: Sequence[Any]) -> Response:
    rows, headers = page(items)
    reply = jsonify(list(rows))
    reply.headers.update(headers)
    return reply


def paged_under(key: str, items: Sequence[Any], **more: Any) -> Response:
    rows, headers = page(items)
    reply = jsonify({"total_count": len(items), **more, key: list(rows)})
    reply.headers.update(headers)
    return reply
