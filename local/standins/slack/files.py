"""The three steps of an upload: ask for a url, send the bytes there, complete.

https://docs.slack.dev/messaging/working-with-files#upload
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, jsonify, request

from local.standins.slack.api import arguments, authorised, broken, next_fault, refused
from local.standins.slack.workspace import APP, BOT, BOT_USER

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.base import StandInSettings
    from local.standins.slack.api import Faults
    from local.standins.slack.workspace import Workspace

    Json = dict[str, Any]


def file_routes(workspace: Workspace, settings: StandInSettings, faults: Faults) -> Blueprint:
    routes = Blueprint("files", __name__)
    desk = _Desk(workspace, settings, faults)
    routes.route("/api/files.getUploadURLExternal", methods=["GET", "POST"])(desk.ask)
    routes.post("/upload/v1/<number>")(desk.upload)
    routes.post("/api/files.completeUploadExternal")(desk.complete)
    routes.get("/files/<number>")(desk.read)
    return routes


class _Desk:
    def __init__(self, workspace: Workspace, settings: StandInSettings, faults: Faults) -> None:
        self._workspace, self._token, self._faults = workspace, settings.token, faults
        self._folder = settings.state / "files"
        self._pending: dict[str, Json] = {}

    def ask(self) -> Response:
        given = arguments()
        if not authorised(self._token):
            return refused("invalid_auth")
        if (fault := next_fault(self._faults, "files.getUploadURLExternal")) is not None:
            return broken(fault)
        if not given.get("filename") or not str(given.get("length", "")).isdecimal() or int(given["length"]) == 0:
            return refused("invalid_arguments", "filename and a length above 0 are required")
        number = f"F{secrets.token_hex(5).upper()}"
        self._pending[number] = {"id": number, "name": given["filename"], "length": int(given["length"])}
        return jsonify({"ok": True, "upload_url": f"{self._workspace.url}/upload/v1/{number}", "file_id": number})

    def upload(self, number: str) -> ResponseReturnValue:
        if number not in self._pending:
            abort(404, "no upload was announced here")
        raw = request.get_data()  # first, as slack_sdk sends plain bytes under a form's content type
        sent = next(iter(request.files.values()), None)
        data = sent.read() if sent else raw
        if len(data) != self._pending[number]["length"]:
            return f"expected {self._pending[number]['length']} bytes, got {len(data)}", 400
        self._folder.mkdir(exist_ok=True)
        (self._folder / number).write_bytes(data)
        return f"OK - {len(data)}"

    def complete(self) -> Response:
        given = arguments()
        if not authorised(self._token):
            return refused("invalid_auth")
        if (fault := next_fault(self._faults, "files.completeUploadExternal")) is not None:
            return broken(fault)
        numbers = [str(file.get("id")) for file in given.get("files") or []]
        if not numbers or not all(number in self._pending and (self._folder / number).exists() for number in numbers):
            return refused("file_not_found")
        shown = [_shown(self._workspace, self._pending[number]) for number in numbers]
        if given.get("channel_id") == self._workspace.channel:
            self._post(given, shown)
        return jsonify({"ok": True, "files": shown})

    def read(self, number: str) -> ResponseReturnValue:
        if not number.isalnum() or not (self._folder / number).exists():
            abort(404, "no such file")
        return Response((self._folder / number).read_bytes(), mimetype="text/plain; charset=utf-8")

    def _post(self, given: Json, files: list[Json]) -> None:
        bot = {"user": BOT_USER, "bot_id": BOT, "app_id": APP}
        thread = {"thread_ts": given["thread_ts"]} if given.get("thread_ts") else {}
        content = {"text": str(given.get("initial_comment", "")), "blocks": [], "files": files}
        self._workspace.add({"channel": self._workspace.channel, **bot, **content, **thread})


def _shown(workspace: Workspace, file: Json) -> Json:
    link = f"{workspace.url}/files/{file['id']}"
    return {"id": file["id"], "name": file["name"], "title": file["name"], "size": file["length"], "permalink": link}
