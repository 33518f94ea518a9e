"""How each source is verified and read at the door. Standard library only: ingress imports this."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from ferry.domain import signatures
from ferry.domain.delivery import Source
from ferry.usecases.receive import Door

Headers = Mapping[str, str]
Body = Mapping[str, Any]


def json_object(body: bytes) -> dict[str, Any]:
    """ValueError unless `body` is one JSON object in UTF-8."""
    try:
        parsed = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise ValueError("body: is not JSON in UTF-8") from error
    if not isinstance(parsed, dict):
        raise ValueError("body: is JSON, but not an object")
    return parsed


def slack_body(body: bytes) -> dict[str, Any]:
    """An event (JSON), an interaction (form with one JSON field `payload`) or a command (form)."""
    if body[:1] == b"{":
        return json_object(body)
    try:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError as error:
        raise ValueError("body: is neither JSON nor a form in UTF-8") from error
    if "payload" in form:
        return json_object(form["payload"].encode())
    if "command" not in form:
        raise ValueError("body: a form without the field payload or command")
    return form


def _slack_describe(headers: Headers, body: Body) -> tuple[str, str]:
    """Each click and each command has a trigger id of its own; each event an event id."""
    id = body.get("event_id") or body.get("trigger_id") or ""
    return str(id), str(body.get("type") or "command")


def _slack_greet(body: Body) -> dict[str, Any] | None:
    return {"challenge": body.get("challenge", "")} if body.get("type") == "url_verification" else None


JIRA = Door(
    source=Source.JIRA,
    verify=lambda headers, body, secret, now: signatures.jira(headers, body, secret),
    parse=json_object,
    describe=lambda headers, body: (
        headers.get("x-atlassian-webhook-identifier", ""),
        str(body.get("webhookEvent", "")),
    ),
)
GITHUB = Door(
    source=Source.GITHUB,
    verify=lambda headers, body, secret, now: signatures.github(headers, body, secret),
    parse=json_object,
    describe=lambda headers, body: (headers.get("x-github-delivery", ""), headers.get("x-github-event", "")),
)
SENTRY = Door(
    source=Source.SENTRY,
    verify=lambda headers, body, secret, now: signatures.sentry(headers, body, secret),
    parse=json_object,
    describe=lambda headers, body: (headers.get("request-id", ""), headers.get("sentry-hook-resource", "")),
)
SLACK = Door(
    source=Source.SLACK,
    verify=signatures.slack,
    parse=slack_body,
    describe=_slack_describe,
    greet=_slack_greet,
    # Only an empty 200 closes the modal (docs.slack.dev, "Modals", closing a view).
    quiet=lambda body: body.get("type") == "view_submission",
)
