"""Sentry behind `ErrorTracker`: its API with an integration's token (https://docs.sentry.io/api/).

Issues and events: "List an Organization's Issues", "Retrieve an Issue", "Retrieve an Issue Event" (``latest``); scopes
event:read and org:read. A ticket is shown by "Create or update an External Issue" where the integration's installation
is named. Without, it is a comment, whose route (GroupNotesEndpoint, below the organisation in getsentry/sentry
src/sentry/api/urls.py) Sentry keeps out of its document and refuses to tokens of nobody. Both want event:write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

from ferry.adapters.http_retry import Patience, retry_after, send
from ferry.domain.errors import FerryError, NotFound, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.incident import ErrorEvent, ErrorIssue, Frame

TIMEOUT_SECONDS = (5, 20)
MOST = 100
MOST_FRAMES = 30
_REMEDIES = {
    401: "check the token in the secret that SENTRY_TOKEN_ID names",
    403: "give the integration the scopes event:read, event:write and org:read",
}


class SentryErrorTracker:
    """base_url: e.g. ``https://sentry.io``; organization: its slug; installation: its UUID, or ""."""

    def __init__(
        self,
        base_url: str,
        organization: str,
        token: str,
        *,
        installation: str = "",
        session: requests.Session | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._base = f"{base_url.rstrip('/')}/api/0/"
        self._issues = f"organizations/{quote(organization, safe='')}/issues/"
        self._installation = installation
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session = session or requests.Session()
        self._patience = patience or Patience()

    def issues(self) -> list[ErrorIssue]:
        query = {"query": "is:unresolved", "statsPeriod": "24h", "groupStatsPeriod": "24h", "sort": "freq"}
        return [_issue(found) for found in self._call("GET", self._issues, params={**query, "limit": str(MOST)})]

    def issue(self, id: str) -> ErrorIssue:
        return _issue(self._call("GET", self._at(id)))

    def latest_event(self, id: str) -> ErrorEvent:
        return _event(self._call("GET", f"{self._at(id)}events/latest/"))

    def link(self, id: str, ticket: str, url: str) -> None:
        if self._installation:
            self._link(id, ticket, url)
        else:
            self._comment(id, f"Ferry opened {ticket}: {url}")

    def _link(self, id: str, ticket: str, url: str) -> None:
        project = ticket.rpartition("-")[0] or ticket
        body = {"issueId": int(id), "webUrl": url, "project": project, "identifier": ticket}
        self._call("POST", f"sentry-app-installations/{quote(self._installation, safe='')}/external-issues/", body=body)

    def _comment(self, id: str, text: str) -> None:
        path = f"{self._at(id)}comments/"
        said = self._call("GET", path)
        if not any(_object(one.get("data")).get("text") == text for one in said):
            self._call("POST", path, body={"text": text})

    def _at(self, id: str) -> str:
        return f"{self._issues}{quote(id, safe='')}/"

    def _call(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Any = None) -> Any:
        call = f"Sentry {method} {path}"
        try:
            answer = send(
                lambda: self._session.request(
                    method, self._base + path, params=params, json=body, headers=self._headers, timeout=TIMEOUT_SECONDS
                ),
                self._patience,
            )
        except requests.RequestException as error:
            raise VendorUnavailable(f"{call}: no answer from Sentry ({type(error).__name__})") from error
        if not answer.ok:
            raise _error(call, answer)
        return answer.json()


def _issue(found: Mapping[str, Any]) -> ErrorIssue:
    hours = _object(found.get("stats")).get("24h") or ()
    return ErrorIssue(
        id=str(found["id"]),
        short_id=str(found.get("shortId") or found["id"]),
        title=str(found.get("title") or ""),
        culprit=str(found.get("culprit") or ""),
        level=str(found.get("level") or ""),
        url=str(found.get("permalink") or ""),
        project=str(_object(found.get("project")).get("slug") or ""),
        # `count` is since ever in an issue's own page; the hours are the same thing in both replies.
        events=sum(int(number) for _, number in hours),
        users=int(found.get("userCount") or 0),
    )


def _event(found: Mapping[str, Any]) -> ErrorEvent:
    tags = {str(tag.get("key")): str(tag.get("value")) for tag in found.get("tags") or ()}
    values = [value for entry in found.get("entries") or () for value in _exceptions(entry)]
    frames = [frame for value in values for frame in _object(value.get("stacktrace")).get("frames") or ()]
    errors = [f"{value.get('type') or 'Error'}: {value.get('value') or ''}" for value in values]
    return ErrorEvent(
        id=str(found.get("eventID") or found["id"]),
        at=str(found.get("dateCreated") or ""),
        release=str(_object(found.get("release")).get("version") or tags.get("release", "")),
        environment=tags.get("environment", ""),
        error="\n".join(errors) or str(found.get("title") or ""),
        frames=tuple(_frame(frame) for frame in frames[-MOST_FRAMES:]),
    )


def _exceptions(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    values = _object(entry.get("data")).get("values") if entry.get("type") == "exception" else ()
    return [value for value in values or () if isinstance(value, dict)]


def _frame(found: Mapping[str, Any]) -> Frame:
    """Events have `lineNo` and a `context` of lines; what SDKs send has `lineno` and `context_line`."""
    line = int(found.get("lineNo") or found.get("lineno") or 0)
    around = {number: code for number, code in found.get("context") or ()}
    return Frame(
        path=str(found.get("filename") or found.get("absPath") or ""),
        function=str(found.get("function") or ""),
        line=line,
        code=str(around.get(line) or found.get("context_line") or ""),
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _error(call: str, answer: requests.Response) -> FerryError:
    status = answer.status_code
    if status == 429:
        return RateLimited(f"{call}: Sentry asks us to slow down", retry_after(answer))
    if status >= 500:
        return VendorUnavailable(f"{call}: Sentry answered {status}")
    if status == 404:
        return NotFound(f"{call}: Sentry knows no such thing; check SENTRY_ORG, and that the token may see the project")
    return VendorRefused(f"{call}: {status}; {_REMEDIES.get(status, 'Sentry did not accept the request')}", status)
