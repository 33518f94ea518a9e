"""Slack's Web API for one workspace with one channel and two people, its signed requests, and a page to look at.

`extra` keys: ``channel`` (id of #ferry, default ``C0FERRY01``), ``approver`` and ``other`` (user ids, default
``UAPPROVER1`` and ``UOTHER0002``), ``approver_group`` (user group whose only member is the approver, default
``S0APPROVE1``). `webhook_secret` is the signing secret; `deliver_to` takes interactivity and slash commands alike.

A person acts through ``POST /_standin/click``, ``submit``, ``command`` and ``mention``: each sends Ferry a real signed
request and answers with what Ferry said. Messages survive a restart (``slack.jsonl`` in `settings.state`);
trigger ids and response urls do not, as they live for seconds or minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, jsonify
from werkzeug.exceptions import HTTPException

from local.standins.base import StandIn, StandInSettings
from local.standins.slack.api import api_routes
from local.standins.slack.control import control_routes
from local.standins.slack.files import file_routes
from local.standins.slack.page import channel_page
from local.standins.slack.responses import response_routes
from local.standins.slack.views import view_routes
from local.standins.slack.workspace import Workspace

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.slack.api import Faults


def create(settings: StandInSettings) -> StandIn:
    workspace = Workspace(settings.state / "slack.jsonl", settings.url, settings.extra)
    faults: Faults = []
    app = Flask("slack")
    app.register_blueprint(file_routes(workspace, settings, faults))
    app.register_blueprint(api_routes(workspace, settings.token, faults))
    app.register_blueprint(response_routes(workspace))
    app.register_blueprint(control_routes(workspace, settings, faults))
    app.register_blueprint(view_routes(workspace, settings))
    app.register_error_handler(HTTPException, _refusal)
    app.add_url_rule("/", "page", lambda: channel_page(workspace))
    return StandIn("slack", app)


def _refusal(error: HTTPException) -> ResponseReturnValue:
    return jsonify({"ok": False, "error": error.description}), error.code or 500
