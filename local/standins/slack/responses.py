"""`response_url`: an interaction is answered without a token, 5 times within 30 minutes.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request

from local.standins.slack import blocks as block_kit
from local.standins.slack.methods import with_ids
from local.standins.slack.workspace import APP, BOT, BOT_USER, RESPONSE_SECONDS, RESPONSE_USES

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.slack.workspace import ResponseUrl, Workspace

    Json = dict[str, Any]


def response_routes(workspace: Workspace) -> Blueprint:
    routes = Blueprint("responses", __name__)

    @routes.post("/<any(actions,commands):kind>/<team>/<token>")
    def answer(kind: str, team: str, token: str) -> ResponseReturnValue:
        url = workspace.response_urls.get(token)
        if url is None:
            return jsonify({"ok": False, "error": "invalid_url"}), 404
        if url.uses >= RESPONSE_USES or time.time() - url.made > RESPONSE_SECONDS:
            return jsonify({"ok": False, "error": "used_url"}), 404
        body = request.get_json(silent=True) or {}
        if found := block_kit.faults(body.get("blocks") or []):
            messages = [f"[ERROR] {fault}" for fault in found]
            return jsonify({"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": messages}}), 400
        url.uses += 1
        _apply(workspace, url, body)
        return "ok"

    return routes


def _apply(workspace: Workspace, url: ResponseUrl, body: Json) -> None:
    acted_on = workspace.find(url.channel, url.ts) if url.ts else None
    content = {"text": body.get("text", ""), "blocks": with_ids(body.get("blocks") or [])}
    if body.get("delete_original") and acted_on:
        workspace.remove(acted_on)
    elif body.get("replace_original") and acted_on:
        acted_on.update(content)
        workspace.save(acted_on)
    else:
        seen_by_all = body.get("response_type") == "in_channel"
        scope = {} if seen_by_all else {"ephemeral_for": url.user}
        bot = {"user": BOT_USER, "bot_id": BOT, "app_id": APP}
        workspace.add({"channel": url.channel, **bot, **content, **scope})
