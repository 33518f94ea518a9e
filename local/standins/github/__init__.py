"""GitHub for one organisation: REST, what of GraphQL Ferry needs, git over HTTP, webhooks, Actions, readable pages.

State: bare repositories in ``repos/<name>.git``, everything else in ``records.sqlite``, logs and webhook bodies as
files. `settings.extra` is documented at `world.World`; control routes live under ``/_standin/``.
"""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from local.standins.base import StandIn, StandInSettings
from local.standins.github import (
    downloads,
    http,
    routes_actions,
    routes_app,
    routes_checks,
    routes_git,
    routes_graphql,
    routes_history,
    routes_merging,
    routes_pulls,
    routes_refs,
    routes_repo,
    routes_required,
    routes_search,
    routes_settings,
    routes_talk,
    routes_teams,
    smart_http,
    web,
)
from local.standins.github.actions.engine import Actions
from local.standins.github.changes import Changes
from local.standins.github.world import World


def create(settings: StandInSettings) -> StandIn:
    world = World(settings)
    actions = Actions(world)
    people = _people(settings.extra.get("people", ""))
    app = _app(http.Services(world, actions, Changes(world, actions), people))
    actions.recover()

    def close() -> None:
        actions.close()
        world.close()

    return StandIn("github", app, close)


def _people(text: str) -> dict[str, str]:
    """Tokens to logins, from ``login=token,login=token``."""
    pairs = (pair.partition("=") for pair in text.split(",") if pair)
    return {token.strip(): login.strip() for login, _, token in pairs}


def _app(services: http.Services) -> Flask:
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.extensions["github"] = services
    app.before_request(_enter)
    app.after_request(_leave)
    app.register_error_handler(http.ApiError, http.error_reply)
    app.register_error_handler(HTTPException, _unknown)
    for module in (*_API, downloads, smart_http, web):
        app.register_blueprint(module.routes)
    for blueprint in (routes_app.app_routes, routes_app.controls):
        app.register_blueprint(blueprint)
    return app


_API = (
    routes_actions,
    routes_app,
    routes_checks,
    routes_git,
    routes_graphql,
    routes_history,
    routes_merging,
    routes_pulls,
    routes_refs,
    routes_repo,
    routes_required,
    routes_search,
    routes_settings,
    routes_talk,
    routes_teams,
)
_OPEN = {"controls", "downloads", "smart_http", "web"}


def _enter() -> None:
    """Of the API only: what must fail fails first, then the credential is looked at."""
    if request.blueprint in _OPEN:
        return
    http.fail_on_demand()
    if request.blueprint == routes_app.app_routes.name:
        routes_app.check_jwt()
    else:
        http.authenticate()


def _leave(response: Response) -> Response:
    return response if request.blueprint in _OPEN else http.rate_headers(response)


def _unknown(error: HTTPException) -> Response:
    return http.error_reply(http.ApiError(error.code or 500, "Not Found" if error.code == 404 else error.name))
