"""Routes of the API, and what makes Sentry send an alert."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

from local.standins.sentry.alerts import DEFAULT, alert, deliver
from local.standins.sentry.page import issue_page, issues_page
from local.standins.sentry.shapes import Shapes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.base import StandInSettings
    from local.standins.sentry.store import Store

    Json = dict[str, Any]


def build_app(settings: StandInSettings, store: Store) -> Flask:
    app = Flask("sentry")
    shapes = Shapes(settings.url, store)

    @app.before_request
    def authenticate() -> None:
        if request.path.startswith("/api/0/") and not _authorised(settings.token):
            abort(401, "Invalid token")

    @app.get("/api/0/organizations/<organization>/issues/")
    def issues(organization: str) -> Response:
        """`query` is matched against the title; `is:unresolved` and other keyed terms let everything through."""
        _known(organization, store.organization)
        words = [word.lower() for word in request.args.get("query", "").split() if ":" not in word]
        found = [issue for issue in store.issues if all(word in issue["title"].lower() for word in words)]
        limit = int(request.args.get("limit", 100))
        return jsonify([shapes.listed(issue) for issue in reversed(found)][:limit])

    @app.get("/api/0/organizations/<organization>/issues/<id>/")
    def issue(organization: str, id: str) -> Response:
        return jsonify(shapes.details(_issue(store, organization, id)))

    @app.get("/api/0/organizations/<organization>/issues/<id>/events/<event_id>/")
    def event(organization: str, id: str, event_id: str) -> Response:
        found = _issue(store, organization, id)
        return jsonify(shapes.event(found, _event(found, event_id)))

    @app.get("/api/0/projects/<organization>/<project>/")
    def project(organization: str, project: str) -> Response:
        _known(organization, store.organization)
        _known(project, store.project)
        return jsonify(shapes.project())

    _register_comments(app, store)
    _register_links(app, store)
    _register_controls(app, settings, store, shapes)
    app.register_error_handler(HTTPException, _refusal)
    return app


def _register_comments(app: Flask, store: Store) -> None:
    @app.get("/api/0/organizations/<organization>/issues/<id>/comments/")
    def comments(organization: str, id: str) -> Response:
        return jsonify(_issue(store, organization, id).get("comments", []))

    @app.post("/api/0/organizations/<organization>/issues/<id>/comments/")
    def comment(organization: str, id: str) -> ResponseReturnValue:
        text = (request.get_json(silent=True) or {}).get("text")
        if not text:
            abort(400, "text: this field is required")
        return jsonify(store.add_comment(_issue(store, organization, id), str(text))), 201


def _register_links(app: Flask, store: Store) -> None:
    """What an integration links an issue with: one thing each, which the next one replaces."""

    @app.get("/api/0/organizations/<organization>/issues/<id>/external-issues/")
    def links(organization: str, id: str) -> Response:
        return jsonify(_issue(store, organization, id).get("links", []))

    @app.post("/api/0/sentry-app-installations/<uuid>/external-issues/")
    def link(uuid: str) -> ResponseReturnValue:
        given = request.get_json(silent=True) or {}
        if missing := [name for name in ("webUrl", "project", "identifier") if not given.get(name)]:
            abort(400, f"{missing[0]}: this field is required")
        if not isinstance(given.get("issueId"), int):
            abort(400, "issueId is required, and must be an integer")
        return jsonify(store.set_link(_issue(store, store.organization, str(given["issueId"])), given))


def _register_controls(app: Flask, settings: StandInSettings, store: Store, shapes: Shapes) -> None:
    @app.post("/_standin/alert")
    def send_alert() -> ResponseReturnValue:
        """``{"title": "KeyError: 'sku'", "culprit"?, "level"?, "environment"?, "release"?, "frames"?, "request_id"?,
        "events"?: how many, "deliver"?: false}``; without a title `alerts.DEFAULT`."""
        given = request.get_json()
        given = given if given.get("title") else DEFAULT | given
        for _ in range(int(given.get("events", 1))):
            issue, event = store.add_event(given)
        if not given.get("deliver", True):
            return jsonify({"issue_id": issue["id"], "event_id": event["id"]})
        answer = deliver(settings, "event_alert", alert(shapes, issue, event), given.get("request_id"))
        return jsonify({"issue_id": issue["id"], "event_id": event["id"], **answer})

    @app.get("/organizations/<organization>/issues/<id>/")
    def page(organization: str, id: str) -> str:
        return issue_page(_issue(store, organization, id))

    app.add_url_rule("/", "issues_page", lambda: issues_page(store.organization, store.issues))


def _authorised(token: str) -> bool:
    credential = request.authorization
    given = credential.token if credential and credential.type == "bearer" else ""
    return bool(token) and hmac.compare_digest((given or "").encode(), token.encode())


def _known(given: str, known: str) -> None:
    if given not in (known, "1"):
        abort(404, "The requested resource does not exist")


def _issue(store: Store, organization: str, id: str) -> Json:
    _known(organization, store.organization)
    return store.find(id) or abort(404, "The requested resource does not exist")


def _event(issue: Json, id: str) -> Json:
    events: list[Json] = issue["events"]
    if id in ("latest", "recommended"):
        return events[-1]
    if id == "oldest":
        return events[0]
    return next((event for event in events if event["id"] == id), None) or abort(404, "Event not found")


def _refusal(error: HTTPException) -> ResponseReturnValue:
    return jsonify({"detail": error.description}), error.code or 500
