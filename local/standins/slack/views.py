"""Modals that are open: on the page, in a list, and submitted as signed requests to Ferry."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

import requests
from flask import Blueprint, jsonify, redirect, request

from local.standins.slack import payloads
from local.standins.slack.control import asked_of, send_form
from local.standins.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from local.standins.base import StandInSettings
    from local.standins.slack.workspace import Workspace

    Json = dict[str, Any]


def view_routes(workspace: Workspace, settings: StandInSettings) -> Blueprint:
    """submit: ``{"user", "view_id", "state"}``, answered as all acts are, and with its ``trigger_id``;
    views/<id>: the same as the form of a page, fields ``user`` and ``<block_id>/<action_id>``."""
    routes = Blueprint("views", __name__, url_prefix="/_standin")

    @routes.post("/submit")
    def submit() -> Response:
        return _submit(workspace, settings, asked_of(workspace, "view_id"))

    @routes.post("/views/<view_id>")
    def submit_page(view_id: str) -> ResponseReturnValue:
        _submit(workspace, settings, {"user": request.form["user"], "view_id": view_id, "state": _typed()})
        return redirect("/")

    @routes.get("/views")
    def views() -> Response:
        return jsonify({"views": list(workspace.views.values())})

    return routes


def modal(workspace: Workspace, view: Json, fields: str) -> str:
    """HTML; the page does not know who opened it, so it asks. fields: of `field` and of other blocks."""
    people = [(id, name) for id, name in workspace.users.items() if id != BOT_USER]
    options = "".join(f'<option value="{escape(id)}">{escape(name)}</option>' for id, name in people)
    submit = f'<button class="primary">{escape((view.get("submit") or {}).get("text", "Submit"))}</button>'
    close = f"<button disabled>{escape(view['close']['text'])}</button>" if view.get("close") else ""
    who = f'<p>As <select name="user">{options}</select></p>'
    form = f'<form method="post" action="/_standin/views/{escape(view["id"])}">'
    body = f"<h3>{escape(view['title']['text'])}</h3>{fields}{who}{submit}{close}"
    return f'<dialog open id="{escape(view["id"])}">{form}{body}</form></dialog>'


def field(block: Json) -> str:
    """HTML of an input block of a modal."""
    name = escape(f"{block['block_id']}/{block['element']['action_id']}")
    needed = "" if block.get("optional") else " required"
    optional = ' <span class="note">(optional)</span>' if block.get("optional") else ""
    hint = f'<br><span class="note">{escape(block["hint"]["text"])}</span>' if "hint" in block else ""
    box = f'<textarea name="{name}" rows="4"{needed}></textarea>'
    return f"<p><label>{escape(block['label']['text'])}{optional}<br>{box}</label>{hint}</p>"


def _typed() -> Json:
    state: Json = {}
    for name, value in request.form.items():
        block_id, slash, action_id = name.partition("/")
        if slash:
            state.setdefault(block_id, {})[action_id] = {"type": "plain_text_input", "value": value or None}
    return state


def _submit(workspace: Workspace, settings: StandInSettings, asked: Json) -> Response:
    """Only an empty 200 closes the modal."""
    payload = payloads.view_submission(workspace, asked)
    said: Json = send_form(settings, {"payload": json.dumps(payload)}).get_json()
    if said["status"] == requests.codes.ok and not said["body"]:
        workspace.views.pop(asked["view_id"], None)
    return jsonify({**said, "trigger_id": payload["trigger_id"]})
