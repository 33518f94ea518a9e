"""The Flask application: who is asking, what is broken on purpose, and where the routes are."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from local.standins.jira.edits import FieldErrors
from local.standins.jira.groups import group_routes
from local.standins.jira.issues import issue_routes
from local.standins.jira.jql import JqlError
from local.standins.jira.page import issue_page, list_page
from local.standins.jira.search import search_routes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.base import StandInSettings
    from local.standins.jira.store import Store
    from local.standins.jira.webhooks import Webhooks

BEARER_ACCOUNT = "ferry@standin.example"


def build_app(settings: StandInSettings, store: Store, webhooks: Webhooks) -> Flask:
    app = Flask("jira")
    faults: list[dict[str, Any]] = []

    @app.before_request
    def authenticate() -> ResponseReturnValue | None:
        if not request.path.startswith("/rest/"):
            return None
        if not _account(settings.token):
            return refusal(401, "Client must be authenticated to access this resource.")
        if faults:
            return _broken(faults)
        return None

    app.register_blueprint(issue_routes(settings.url, store, webhooks))
    app.register_blueprint(search_routes(settings.url, store))
    app.register_blueprint(group_routes(settings.url, store, settings.extra.get("groups", "")))

    _register_pages(app, store)
    _register_controls(app, webhooks, faults)
    _register_refusals(app)
    return app


def _register_pages(app: Flask, store: Store) -> None:
    @app.get("/")
    def front() -> str:
        return list_page(store.all())

    @app.get("/browse/<key>")
    def browse(key: str) -> ResponseReturnValue:
        issue = store.find(key)
        return issue_page(issue) if issue else ("<h1>Issue does not exist</h1>", 404)


def _register_controls(app: Flask, webhooks: Webhooks, faults: list[dict[str, Any]]) -> None:
    @app.get("/_standin/deliveries")
    def deliveries() -> Response:
        """Each webhook with its event and the answers to its attempts."""
        return jsonify(webhooks.log())

    @app.post("/_standin/redeliver")
    def redeliver() -> ResponseReturnValue:
        """``{"identifier": …}``: the same delivery again, byte for byte."""
        known = webhooks.repeat(str(request.get_json().get("identifier")))
        return ("", 202) if known else refusal(404, "no such delivery")

    @app.post("/_standin/faults")
    def add_fault() -> ResponseReturnValue:
        """``{"status": 429, "times": 2, "retry_after": 1}``: the next `times` API calls end so."""
        fault = request.get_json()
        faults.extend([fault] * int(fault.get("times", 1)))
        return "", 204


def _account(token: str) -> str | None:
    """The caller's account if the credential is right; it is then in ``g.account`` too."""
    credential = request.authorization
    if credential is None or not token:
        return None
    basic = credential.type == "basic"
    given = credential.password if basic else credential.token
    if not given or not hmac.compare_digest(given.encode(), token.encode()):
        return None
    g.account = (credential.username if basic else None) or BEARER_ACCOUNT
    return str(g.account)


def _broken(faults: list[dict[str, Any]]) -> ResponseReturnValue:
    fault = faults.pop(0)
    answer = refusal(int(fault["status"]), "Broken on purpose by the stand-in's user.")
    if "retry_after" in fault:
        answer.headers["Retry-After"] = str(fault["retry_after"])
    return answer


def refusal(status: int, *messages: str, errors: dict[str, str] | None = None) -> Response:
    """Jira's ErrorCollection."""
    answer = jsonify({"errorMessages": list(messages), "errors": errors or {}})
    answer.status_code = status
    return answer


def _register_refusals(app: Flask) -> None:
    @app.errorhandler(FieldErrors)
    def fields(error: FieldErrors) -> Response:
        return refusal(400, errors=error.errors)

    @app.errorhandler(JqlError)
    def jql(error: JqlError) -> Response:
        return refusal(400, str(error))

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> Response:
        return refusal(error.code or 500, error.description or error.name)
