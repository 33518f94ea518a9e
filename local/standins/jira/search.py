"""Search, the account itself, the project: all that only reads.

`/search/jql` needs a bounded query, returns ids only unless fields are named, pages by token, and has no total
(https://developer.atlassian.com/changelog/#CHANGE-2046 removed `/search`).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, g, request

from local.standins.jira import jql
from local.standins.jira.issues import chosen
from local.standins.jira.shapes import ISSUE_TYPES, Shapes
from local.standins.jira.store import now

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.jira.store import Issue, Store

    Json = dict[str, Any]

GONE = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."


def search_routes(url: str, store: Store) -> Blueprint:
    routes = Blueprint("search", __name__, url_prefix="/rest/api/3")
    shapes = Shapes(url, store, 3)

    @routes.route("/search/jql", methods=["GET", "POST"])
    def search() -> ResponseReturnValue:
        query = _query()
        found = jql.search(str(query.get("jql", "")), store.all())
        start = _start(query.get("nextPageToken"))
        end = start + min(max(int(query.get("maxResults", 50)), 1), 5000)
        page = [_shown(shapes, issue, query["fields"]) for issue in found[start:end]]
        token = {"nextPageToken": base64.urlsafe_b64encode(str(end).encode()).decode()} if end < len(found) else {}
        return {"issues": page, "isLast": not token} | token

    @routes.post("/search/approximate-count")
    def count() -> ResponseReturnValue:
        return {"count": len(jql.search(str(request.get_json().get("jql", "")), store.all()))}

    @routes.route("/search", methods=["GET", "POST"])
    def removed() -> ResponseReturnValue:
        return {"errorMessages": [GONE], "errors": {}}, 410

    @routes.get("/myself")
    def myself() -> ResponseReturnValue:
        return shapes.user(g.account) | {"locale": "en_US"}

    @routes.get("/serverInfo")
    def server() -> ResponseReturnValue:
        return {"baseUrl": url, "deploymentType": "Cloud", "serverTime": now(), "serverTitle": "Jira stand-in"}

    @routes.get("/project/<key>")
    def project(key: str) -> ResponseReturnValue:
        if key not in (store.project, "10000"):
            abort(404, f"No project could be found with key '{key}'.")
        return shapes.project() | {"issueTypes": [shapes.issue_type(name) for name in ISSUE_TYPES]}

    return routes


def _query() -> Json:
    if request.method == "POST":
        query: Json = request.get_json()
        return query | {"fields": ",".join(query.get("fields") or [])}
    return dict(request.args) | {"fields": ",".join(request.args.getlist("fields"))}


def _start(token: object) -> int:
    try:
        return int(base64.urlsafe_b64decode(str(token))) if token else 0
    except ValueError:
        abort(400, "The provided next page token is invalid or expired.")


def _shown(shapes: Shapes, issue: Issue, wanted: str) -> Json:
    if not wanted or wanted == "id":
        return {"id": issue.id}
    return shapes.issue(issue, chosen(shapes.fields(issue), wanted))
