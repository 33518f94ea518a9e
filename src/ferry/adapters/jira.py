"""Jira Cloud behind `IssueTracker`: REST v3 with an API token (https://developer.atlassian.com/cloud/jira/platform/rest/v3/)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import requests

from ferry.adapters.adf import from_markdown
from ferry.adapters.adf_text import to_text
from ferry.adapters.http_retry import Patience, retry_after, send
from ferry.domain.errors import FerryError, NotFound, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.ticket import TicketComment

TIMEOUT_SECONDS = (5, 20)
PAGE = 100
MAX_COMMENT = 32_000  # Jira's default limit is 32,767 characters of rendered text
CUT = "\n\n… (cut)"
_REMEDIES = {
    401: "check JIRA_EMAIL and the API token in the secret that JIRA_TOKEN_ID names",
    403: "give the account of JIRA_EMAIL the permission to add comments in this project",
}


class JiraIssueTracker:
    """base_url: the site, e.g. ``https://acme.atlassian.net``; email and token: of the account that Ferry acts as;
    page: how many comments one call asks for."""

    def __init__(
        self,
        base_url: str,
        email: str,
        token: str,
        *,
        session: requests.Session | None = None,
        patience: Patience | None = None,
        page: int = PAGE,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._auth = (email, token)
        self._session = session or requests.Session()
        self._patience = patience or Patience()
        self._page = page
        self._account = ""

    def comment(self, key: str, markdown: str) -> None:
        """NotFound, VendorRefused, RateLimited, VendorUnavailable."""
        text = markdown if len(markdown) <= MAX_COMMENT else markdown[: MAX_COMMENT - len(CUT)] + CUT
        self._call("POST", f"issue/{quote(key, safe='')}/comment", json={"body": from_markdown(text)})

    def comments(self, key: str) -> list[TicketComment]:
        """Oldest first. Errors as `comment`."""
        return [_comment(found) for found in self._pages(f"issue/{quote(key, safe='')}/comment", "comments")]

    def account(self) -> str:
        """Account id of the credential's owner, asked once."""
        self._account = self._account or str(self._call("GET", "myself").json()["accountId"])
        return self._account

    def _pages(self, path: str, name: str) -> Iterator[Mapping[str, Any]]:
        start, total = 0, 1
        while start < total:
            asked = {"startAt": start, "maxResults": self._page, "orderBy": "created"}
            page = self._call("GET", path, params=asked).json()
            yield from page[name]
            # An empty page ends it too: comments may be deleted while we read.
            start, total = start + len(page[name]), page["total"] if page[name] else 0

    def _call(self, method: str, path: str, **what: Any) -> requests.Response:
        url, call = f"{self._base}/rest/api/3/{path}", f"Jira {method} {path}"
        try:
            answer = send(
                lambda: self._session.request(method, url, auth=self._auth, timeout=TIMEOUT_SECONDS, **what),
                self._patience,
            )
        except requests.RequestException as error:
            raise VendorUnavailable(f"{call}: no answer from {self._base} ({type(error).__name__})") from error
        if not answer.ok:
            raise _error(call, answer)
        return answer


def _comment(found: Mapping[str, Any]) -> TicketComment:
    author = found.get("author") or {}
    return TicketComment(
        id=str(found["id"]),
        author=str(author.get("accountId") or ""),
        author_name=str(author.get("displayName") or ""),
        account_type=str(author.get("accountType") or ""),
        at=_moment(found["created"]),
        changed_at=_moment(found.get("updated") or found["created"]),
        text=to_text(found.get("body")),
    )


def _moment(jiras: str) -> str:
    """``2021-01-17T12:34:00.000+0000`` as RFC 3339 in UTC."""
    return datetime.strptime(jiras, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC).isoformat(timespec="milliseconds")


def _error(call: str, answer: requests.Response) -> FerryError:
    status, said = answer.status_code, _said(answer)
    if status == 429:
        return RateLimited(f"{call}: Jira asks us to slow down", retry_after(answer))
    if status >= 500:
        return VendorUnavailable(f"{call}: Jira answered {status}")
    if status == 404:
        return NotFound(f"{call}: {said}; check the key, and that the account of JIRA_EMAIL may see the project")
    remedy = _REMEDIES.get(status, "this is a fault in Ferry's request; please report it")
    return VendorRefused(f"{call}: {status}: {said}; {remedy}", status)


def _said(answer: requests.Response) -> str:
    """Jira's ErrorCollection as ``message; field: message``; never the request's own text."""
    try:
        body = answer.json()
        fields = [f"{name}: {message}" for name, message in body.get("errors", {}).items()]
        return "; ".join([*body.get("errorMessages", []), *fields]) or answer.reason
    except (ValueError, AttributeError):
        return answer.reason
