"""Groups of people, as configured: ``GET /rest/api/3/group/member``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, request

from local.standins.jira.shapes import Shapes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.jira.store import Store

PAGE = 50


def group_routes(url: str, store: Store, groups: str) -> Blueprint:
    """groups: ``leads=ann@acme.example+bob@acme.example``, more after a comma."""
    routes = Blueprint("groups", __name__, url_prefix="/rest/api/3")
    shapes = Shapes(url, store, 3)
    pairs = (pair.partition("=") for pair in groups.split(",") if pair)
    known = {name.strip(): [email for email in emails.split("+") if email] for name, _, emails in pairs}

    @routes.get("/group/member")
    def members() -> ResponseReturnValue:
        name = request.args.get("groupname", "")
        if name not in known:
            abort(404, f"The group named '{name}' does not exist.")
        start, most = request.args.get("startAt", 0, int), min(request.args.get("maxResults", PAGE, int), PAGE)
        shown = [shapes.user(email) for email in known[name][start : start + most]]
        page = {"self": request.url, "startAt": start, "maxResults": most, "total": len(known[name])}
        return {**page, "isLast": start + len(shown) >= len(known[name]), "values": shown}

    return routes
