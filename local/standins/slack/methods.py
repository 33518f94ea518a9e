"""What each Web API method does to the workspace."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from local.standins.slack import blocks as block_kit
from local.standins.slack.workspace import APP, BOT, BOT_USER, TEAM, public

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.standins.slack.workspace import Workspace

    Json = dict[str, Any]

MAX_TEXT = 40_000


class SlackError(Exception):
    """`code` as in Slack's documentation; `messages` go into ``response_metadata``."""

    def __init__(self, code: str, *messages: str) -> None:
        super().__init__(code)
        self.code, self.messages = code, messages


def post_message(workspace: Workspace, given: Json) -> Json:
    message = workspace.add({"channel": _channel(workspace, given), **_bot(), **_content(given), **_thread(given)})
    return {"channel": message["channel"], "ts": message["ts"], "message": public(message)}


def post_ephemeral(workspace: Workspace, given: Json) -> Json:
    channel, user = _channel(workspace, given), str(given.get("user", ""))
    if user not in workspace.users:
        raise SlackError("user_not_in_channel")
    message = workspace.add({"channel": channel, **_bot(), **_content(given), **_thread(given), "ephemeral_for": user})
    return {"message_ts": message["ts"]}


def update(workspace: Workspace, given: Json) -> Json:
    message = _message(workspace, given)
    if message.get("user") != BOT_USER:
        raise SlackError("cant_update_message")
    message.update({"blocks": [], **_content(given), "edited": {"user": BOT_USER, "ts": message["ts"]}})
    workspace.save(message)
    return {"channel": message["channel"], "ts": message["ts"], "text": message["text"], "message": public(message)}


def permalink(workspace: Workspace, given: Json) -> Json:
    message = _message(workspace, {**given, "ts": given.get("message_ts", "")})
    anchor = f"p{message['ts'].replace('.', '')}"
    return {"channel": message["channel"], "permalink": f"{workspace.url}/#{anchor}"}


def react(workspace: Workspace, given: Json) -> Json:
    message = _message(workspace, {**given, "ts": given.get("timestamp", "")})
    name = str(given.get("name", ""))
    if not name:
        raise SlackError("invalid_name")
    reactions = message.setdefault("reactions", [])
    if any(reaction["name"] == name for reaction in reactions):
        raise SlackError("already_reacted")
    reactions.append({"name": name, "users": [BOT_USER], "count": 1})
    workspace.save(message)
    return {}


def open_view(workspace: Workspace, given: Json) -> Json:
    view = given.get("view")
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        raise SlackError("invalid_arguments", "must be a view of type modal [json-pointer:/view]")
    if found := [*_view_faults(view), *block_kit.faults(view.get("blocks"), block_kit.MAX_VIEW_BLOCKS)]:
        raise SlackError("invalid_arguments", *found)
    if refusal := workspace.use_trigger(str(given.get("trigger_id", ""))):
        raise SlackError(refusal)
    number = f"V{secrets.token_hex(5).upper()}"
    opened = {"private_metadata": "", "callback_id": "", **view, "id": number, "team_id": TEAM, "app_id": APP}
    opened |= {"state": {"values": {}}, "hash": secrets.token_hex(8), "bot_id": BOT, "root_view_id": number}
    workspace.views[number] = opened
    return {"view": opened}


def conversations(workspace: Workspace, given: Json) -> Json:
    channel = {"id": workspace.channel, "name": "ferry", "is_channel": True, "is_member": True, "is_archived": False}
    return {"channels": [channel | {"num_members": len(workspace.users)}], "response_metadata": {"next_cursor": ""}}


def user_info(workspace: Workspace, given: Json) -> Json:
    user = str(given.get("user", ""))
    if user not in workspace.users:
        raise SlackError("user_not_found")
    return {"user": _user(workspace, user)}


def users(workspace: Workspace, given: Json) -> Json:
    shown = [_user(workspace, user) for user in workspace.users]
    return {"members": shown, "response_metadata": {"next_cursor": ""}}


def group_users(workspace: Workspace, given: Json) -> Json:
    members = workspace.groups.get(str(given.get("usergroup", "")))
    if members is None:
        raise SlackError("no_such_subteam")
    return {"users": members}


def auth_test(workspace: Workspace, given: Json) -> Json:
    return {"url": f"{workspace.url}/", "team": "Ferry", "user": "ferry", "team_id": TEAM, "user_id": BOT_USER,
            "bot_id": BOT, "is_enterprise_install": False}  # fmt: skip


METHODS: dict[str, Callable[[Workspace, Json], Json]] = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.getPermalink": permalink,
    "reactions.add": react,
    "views.open": open_view,
    "conversations.list": conversations,
    "users.info": user_info,
    "users.list": users,
    "usergroups.users.list": group_users,
    "auth.test": auth_test,
}


def _bot() -> Json:
    return {"user": BOT_USER, "bot_id": BOT, "app_id": APP}


def _thread(given: Json) -> Json:
    return {"thread_ts": str(given["thread_ts"])} if given.get("thread_ts") else {}


def _channel(workspace: Workspace, given: Json) -> str:
    if given.get("channel") not in (workspace.channel, "#ferry", "ferry"):
        raise SlackError("channel_not_found")
    return workspace.channel


def _message(workspace: Workspace, given: Json) -> Json:
    message = workspace.find(_channel(workspace, given), str(given.get("ts", "")))
    if message is None or message.get("ephemeral_for"):
        raise SlackError("message_not_found")
    return message


def _content(given: Json) -> Json:
    """Text and blocks, checked. Slack requires one of them."""
    text, blocks = str(given.get("text") or ""), given.get("blocks") or []
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > MAX_TEXT:
        raise SlackError("msg_too_long")
    if found := block_kit.faults(blocks):
        raise SlackError("invalid_blocks", *found)
    return {"text": text, "blocks": with_ids(blocks)}


def with_ids(blocks: list[Json]) -> list[Json]:
    """Slack gives each block without an id one of its own; clicks refer to it."""
    return [block if "block_id" in block else {**block, "block_id": secrets.token_hex(3)} for block in blocks]


def _view_faults(view: Json) -> list[str]:
    limits = {"callback_id": 255, "private_metadata": 3000}
    found = [f"must be less than {limit + 1} characters [json-pointer:/view/{name}]"
             for name, limit in limits.items() if len(str(view.get(name, ""))) > limit]  # fmt: skip
    inputs = any(isinstance(block, dict) and block.get("type") == "input" for block in view.get("blocks") or [])
    for name, required in (("title", True), ("submit", inputs), ("close", False)):
        shown = (view.get(name) or {}).get("text", "")
        if len(shown) > 24 or (required and not shown):
            found.append(f"must be 1 to 24 characters [json-pointer:/view/{name}/text]")
    return found


def _user(workspace: Workspace, user: str) -> Json:
    name = workspace.users[user]
    return {
        "id": user,
        "team_id": TEAM,
        "name": name,
        "deleted": False,
        "real_name": name.title(),
        "tz": "Etc/UTC",
        "is_bot": user == BOT_USER,
        "profile": {"real_name": name.title(), "display_name": name, "email": f"{name}@standin.example"},
    }
