"""The routes of one issue: create, read, edit, transitions, comments, links, changelog; each change is delivered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, g, jsonify, request

from local.standins.jira import adf, edits
from local.standins.jira.shapes import Shapes
from local.standins.jira.store import STATUSES, Change, Comment, Issue, now

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.jira.store import Store
    from local.standins.jira.webhooks import Webhooks

    Json = dict[str, Any]


def issue_routes(url: str, store: Store, webhooks: Webhooks) -> Blueprint:
    routes = Blueprint("issues", __name__, url_prefix="/rest/api/3/issue")
    desk = Desk(url, store, webhooks)
    routes.post("")(desk.create)
    routes.get("/<key>")(desk.read)
    routes.put("/<key>")(desk.edit)
    routes.get("/<key>/transitions")(desk.transitions)
    routes.post("/<key>/transitions")(desk.transition)
    routes.get("/<key>/comment")(desk.comments)
    routes.post("/<key>/comment")(desk.comment)
    routes.put("/<key>/comment/<number>")(desk.edit_comment)
    routes.get("/<key>/changelog")(desk.changelog)
    routes.get("/<key>/remotelink")(desk.links)
    routes.post("/<key>/remotelink")(desk.link)
    return routes


class Desk:
    def __init__(self, url: str, store: Store, webhooks: Webhooks) -> None:
        self._store, self._webhooks = store, webhooks
        self._shapes, self._hook_shapes = Shapes(url, store, 3), Shapes(url, store, 2)

    def create(self) -> ResponseReturnValue:
        fields: Json = _body().get("fields") or {}
        edits.check_new(fields, self._store.project)
        with self._store.open() as issues:
            at = now()
            issue = Issue(
                id=self._store.next_id(),
                key=self._store.next_key(),
                summary=fields["summary"],
                issue_type=edits.issue_type(fields),
                reporter=g.account,
                created=at,
                updated=at,
                description=fields.get("description"),
                labels=list(fields.get("labels", [])),
            )
            issues[issue.key] = issue
        self._deliver("jira:issue_created", issue, "issue_created")
        shown = self._shapes.issue(issue, {})
        return {name: shown[name] for name in ("id", "key", "self")}, 201

    def read(self, key: str) -> ResponseReturnValue:
        issue = self._found(key)
        shown = self._shapes.issue(issue, chosen(self._shapes.fields(issue), request.args.get("fields", "*all")))
        if "changelog" in request.args.get("expand", ""):
            histories = [self._shapes.change(change) for change in issue.changes]
            total = len(histories)
            shown["changelog"] = {"startAt": 0, "maxResults": total, "total": total, "histories": histories}
        return shown

    def edit(self, key: str) -> ResponseReturnValue:
        with self._store.open():
            issue = self._found(key)
            change = self._record(issue, edits.apply(issue, edits.edited(issue, _body())))
        self._deliver_change(issue, change, "issue_updated")
        return self.read(key) if request.args.get("returnIssue") == "true" else ("", 204)

    def transitions(self, key: str) -> ResponseReturnValue:
        self._found(key)
        shown = [
            {"id": number, "name": name, "to": self._shapes.status(name), "hasScreen": False, "isAvailable": True}
            for name, (number, _, _) in STATUSES.items()
        ]
        return {"expand": "transitions", "transitions": shown}

    def transition(self, key: str) -> ResponseReturnValue:
        with self._store.open():
            issue = self._found(key)
            wanted = (_body().get("transition") or {}).get("id", "")
            change = self._record(issue, edits.move(issue, str(wanted)))
        self._deliver_change(issue, change, "issue_generic")
        return "", 204

    def comments(self, key: str) -> ResponseReturnValue:
        issue = self._found(key)
        return self._page("comments", [self._shapes.comment(issue, comment) for comment in issue.comments])

    def comment(self, key: str) -> ResponseReturnValue:
        body = self._comment_body()
        with self._store.open():
            issue = self._found(key)
            comment = Comment(self._store.next_id(), g.account, body, now(), now())
            issue.comments.append(comment)
        self._deliver_comment("comment_created", issue, comment)
        return self._shapes.comment(issue, comment), 201

    def edit_comment(self, key: str, number: str) -> ResponseReturnValue:
        body = self._comment_body()
        with self._store.open():
            issue = self._found(key)
            comment = next((comment for comment in issue.comments if comment.id == number), None)
            if comment is None:
                abort(404, "Can not find a comment for the id: " + number + ".")
            comment.body, comment.updated = body, now()
        self._deliver_comment("comment_updated", issue, comment)
        return self._shapes.comment(issue, comment)

    def changelog(self, key: str) -> ResponseReturnValue:
        values = [self._shapes.change(change) for change in self._found(key).changes]
        return self._page("values", values) | {"isLast": True}

    def links(self, key: str) -> ResponseReturnValue:
        return jsonify(self._found(key).links)

    def link(self, key: str) -> ResponseReturnValue:
        body = _body()
        target = body.get("object") or {}
        if missing := [name for name in ("url", "title") if not target.get(name)]:
            raise edits.FieldErrors({name: f"'{name}' is required." for name in missing})
        with self._store.open():
            issue = self._found(key)
            known = next((link for link in issue.links if body.get("globalId") == link.get("globalId", 0)), None)
            link: Json = known if known is not None else {"id": int(self._store.next_id())}
            link.update(body)
            link["self"] = f"{self._shapes.issue(issue, {})['self']}/remotelink/{link['id']}"
            if known is None:
                issue.links.append(link)
        return {"id": link["id"], "self": link["self"]}, 200 if known is not None else 201

    def _found(self, key: str) -> Issue:
        issue = self._store.find(key)
        if issue is None:
            abort(404, "Issue does not exist or you do not have permission to see it.")
        return issue

    def _comment_body(self) -> Json:
        body: Json = _body().get("body") or {}
        if fault := adf.fault(body):
            raise edits.FieldErrors({"comment": fault})
        return body

    def _record(self, issue: Issue, items: list[Json]) -> Change | None:
        if not items:
            return None
        change = Change(self._store.next_id(), g.account, issue.updated, items)
        issue.changes.append(change)
        return change

    def _deliver_change(self, issue: Issue, change: Change | None, kind: str) -> None:
        if change:
            self._deliver("jira:issue_updated", issue, kind, changelog={"id": change.id, "items": change.items})

    def _deliver(self, event: str, issue: Issue, kind: str, **more: Json) -> None:
        shapes = self._hook_shapes
        shown = {"user": shapes.user(g.account), "issue": shapes.issue(issue, shapes.fields(issue))}
        self._webhooks.send(event, {**_stamp(event), "issue_event_type_name": kind, **shown, **more})

    def _deliver_comment(self, event: str, issue: Issue, comment: Comment) -> None:
        shapes = self._hook_shapes
        shown = {"comment": shapes.comment(issue, comment)}
        self._webhooks.send(
            event, _stamp(event) | shown | {"issue": shapes.issue(issue, shapes.cut_down_fields(issue))}
        )

    def _page(self, name: str, values: list[Json]) -> Json:
        start, size = int(request.args.get("startAt", 0)), int(request.args.get("maxResults", 100))
        return {"startAt": start, "maxResults": size, "total": len(values), name: values[start : start + size]}


def _stamp(event: str) -> Json:
    return {"timestamp": int(time.time() * 1000), "webhookEvent": event}


def _body() -> Json:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400, "Unexpected character or missing body: the request must be a JSON object.")
    return body


def chosen(fields: Json, wanted: str) -> Json:
    """`wanted` as Jira's query parameter has it: names, ``*all``, ``*navigable``, ``-name`` to leave out."""
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    if any(name in ("*all", "*navigable") for name in names) or all(name.startswith("-") for name in names):
        return {name: value for name, value in fields.items() if f"-{name}" not in names}
    return {name: value for name, value in fields.items() if name in names}
