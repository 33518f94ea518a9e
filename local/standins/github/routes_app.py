"""The GitHub App: who it is, its tokens, its webhook's deliveries; and the stand-in's own controls."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from local.standins.github import shapes
from local.standins.github.http import (
    ApiError,
    Fault,
    not_found,
    paged,
    payload,
    rate,
    repository,
    services,
    world,
)
from local.standins.github.records import DeliveryRecord, Token
from local.standins.github.shapes import BORN, FERRY, Json

routes = Blueprint("app", __name__)
app_routes = Blueprint("app_jwt", __name__)
controls = Blueprint("controls", __name__)
INSTALLATION = 1


def check_jwt() -> None:
    """RS256, signed by the app, for at most ten minutes; any bearer passes where no public key is configured."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    key = world().settings.extra.get("app_public_key")
    if not token:
        raise ApiError(401, "A JSON web token could not be decoded")
    if not key:
        return
    try:
        claims = jwt.decode(token, key, algorithms=["RS256"], options={"require": ["exp", "iat", "iss"]}, leeway=60)
    except jwt.PyJWTError as error:
        raise ApiError(401, "A JSON web token could not be decoded") from error
    if claims["exp"] - claims["iat"] > 660 or str(claims["iss"]) != world().settings.extra.get("app_id", claims["iss"]):
        raise ApiError(401, "'Issuer' claim or 'Expiration time' claim is not valid")


@app_routes.get("/app")
def get_app() -> ResponseReturnValue:
    return jsonify(shapes.app(world().urls, FERRY))


@app_routes.get("/repos/<owner>/<repo>/installation")
def installation(owner: str, repo: str) -> ResponseReturnValue:
    repository(owner, repo)
    urls, app = world().urls, shapes.app(world().urls, FERRY)
    return jsonify({
        "id": INSTALLATION,
        "account": shapes.user(urls, urls.org),
        "repository_selection": "all",
        "access_tokens_url": f"{urls.base}/app/installations/{INSTALLATION}/access_tokens",
        "repositories_url": f"{urls.base}/installation/repositories",
        "html_url": f"{urls.base}/organizations/{urls.org}/settings/installations/{INSTALLATION}",
        "app_id": app["id"],
        "app_slug": FERRY,
        "target_id": shapes.number(f"user {urls.org}"),
        "target_type": "Organization",
        "permissions": app["permissions"],
        "events": app["events"],
        "created_at": BORN,
        "updated_at": BORN,
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": None,
    })  # fmt: skip


@app_routes.post("/app/installations/<int:id_>/access_tokens")
def create_token(id_: int) -> ResponseReturnValue:
    """Valid for an hour, as GitHub's."""
    if id_ != INSTALLATION:
        raise not_found()
    expires = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    store, value = world().store, f"ghs_{secrets.token_urlsafe(27)}"
    store.put(Token(store.next_id(), value, f"{FERRY}[bot]", expires))
    app = shapes.app(world().urls, FERRY)
    reply = {"token": value, "expires_at": expires, "permissions": app["permissions"], "repository_selection": "all"}
    return jsonify(reply), 201


@app_routes.get("/app/hook/deliveries")
def deliveries() -> ResponseReturnValue:
    """Newest first. (GitHub pages by cursor; this pages by number.)"""
    return paged([_delivery(record) for record in reversed(world().store.all(DeliveryRecord))])


def _record(id_: int) -> DeliveryRecord:
    found = world().store.get(DeliveryRecord, id_)
    if found is None:
        raise not_found()
    return found


def _delivery(record: DeliveryRecord) -> Json:
    same = ("id", "guid", "delivered_at", "redelivery", "duration", "status", "status_code", "event", "action")
    more = {"installation_id": INSTALLATION, "repository_id": record.repository_id, "throttled_at": None}
    return {key: getattr(record, key) for key in same} | more


@app_routes.get("/app/hook/deliveries/<int:id_>")
def delivery(id_: int) -> ResponseReturnValue:
    record = _record(id_)
    body = world().deliverer.body(record).decode()
    return jsonify(_delivery(record) | {"request": {"headers": {}, "payload": body}})


@app_routes.post("/app/hook/deliveries/<int:id_>/attempts")
def redeliver(id_: int) -> ResponseReturnValue:
    world().deliverer.redeliver(_record(id_))
    return jsonify({}), 202


@routes.get("/rate_limit")
def rate_limit() -> ResponseReturnValue:
    names = ("core", "search", "graphql", "code_search")
    return jsonify({"resources": {name: rate() for name in names}, "rate": rate()})


@controls.post("/_standin/faults")
def add_fault() -> ResponseReturnValue:
    """{"method", "path_regex", "status", "times", "retry_after"}: the next matching calls of the API fail."""
    sent: dict[str, Any] = payload()
    try:
        fault = Fault(
            method=str(sent.get("method", "*")).upper(),
            path=re.compile(str(sent.get("path_regex", ""))),
            status=int(sent.get("status", 500)),
            times=int(sent.get("times", 1)),
            retry_after=sent.get("retry_after"),
        )
    except (re.error, ValueError, TypeError) as error:
        raise ApiError(400, f"no such fault: {error}") from error
    with services().lock:
        services().faults.append(fault)
    return jsonify({"faults": len(services().faults)}), 201


@controls.delete("/_standin/faults")
def clear_faults() -> ResponseReturnValue:
    with services().lock:
        services().faults.clear()
    return Response(status=204)


@controls.get("/_standin/health")
def health() -> ResponseReturnValue:
    return jsonify(
        {"name": "github", "org": world().urls.org, "repositories": world().names(), "calls": services().calls}
    )


@controls.get("/_standin/avatar.svg")
def avatar() -> ResponseReturnValue:
    circle = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1" fill="#57606a"/></svg>'
    )
    return Response(circle, mimetype="image/svg+xml")
