"""Jira Cloud behind `IssueTracker`: REST v3 with an API token (https://developer.atlassian.com/cloud/jira/platform/rest/v3/)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from ferry.adapters.adf import from_markdown
from ferry.adapters.http_retry import Patience, retry_after, send
from ferry.adapters.jira_comments import ticket_comment
from ferry.adapters.jira_edits import text_edit
from ferry.adapters.jira_labels import labelled_ticket
from ferry.domain.errors import FerryError, InvalidSettings, NotFound, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.ticket import Ticket, TicketComment
from ferry.domain.ticket_edit import TicketEdit
from ferry.ports import LabelledTicket, TicketRef

TIMEOUT_SECONDS = (5, 20)
PAGE = 100
GROUP_PAGE = 50  # Jira gives no more members at once
MAX_COMMENT = 32_000  # Jira's default limit is 32,767 characters of rendered text
MAX_SUMMARY = 250
CUT = "\n\n… (cut)"
_REMEDIES = {
    401: "check JIRA_EMAIL and the API token in the secret that JIRA_TOKEN_ID names",
    403: "give the account of JIRA_EMAIL the permissions to create, link and comment on issues in this project",
}


class JiraIssueTracker:
    """base_url: the site, e.g. ``https://acme.atlassian.net``; email and token: of the account that Ferry acts as;
    project: key of the project where it opens tickets; page: how many comments one call asks for."""

    def __init__(
        self,
        base_url: str,
        email: str,
        token: str,
        *,
        project: str = "",
        issue_type: str = "Bug",
        session: requests.Session | None = None,
        patience: Patience | None = None,
        page: int = PAGE,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._auth = (email, token)
        self._project, self._issue_type = project, issue_type
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
        return [ticket_comment(found) for found in self._pages(f"issue/{quote(key, safe='')}/comment", "comments")]

    def text_edit(self, ticket: Ticket) -> TicketEdit | None:
        """Errors as `comment`. Jira gives the newest hundred entries of the changelog with the issue."""
        asked = {"fields": "summary,description", "expand": "changelog"}
        return text_edit(self._call("GET", f"issue/{quote(ticket.key, safe='')}", params=asked).json(), ticket)

    def account(self) -> str:
        """Account id of the credential's owner, asked once."""
        self._account = self._account or str(self._call("GET", "myself").json()["accountId"])
        return self._account

    def group(self, name: str) -> list[str]:
        """Account ids of its active people. Needs the global permission "Browse users and groups". Errors as
        `comment`."""
        found: list[str] = []
        while True:
            asked = {"groupname": name, "startAt": len(found), "maxResults": min(self._page, GROUP_PAGE)}
            page = self._call("GET", "group/member", params=asked).json()
            found += [str(user["accountId"]) for user in page["values"]]
            if page["isLast"] or not page["values"]:
                return found

    def create(self, title: str, markdown: str, labels: Sequence[str]) -> TicketRef:
        """InvalidSettings without a project; else as `comment`."""
        if not self._project:
            raise InvalidSettings("no project to open tickets in: set JIRA_PROJECT (the parameter JiraProject)")
        fields = {
            "project": {"key": self._project},
            "issuetype": {"name": self._issue_type},
            "summary": " ".join(title.split())[:MAX_SUMMARY],
            "description": from_markdown(markdown[:MAX_COMMENT]),
            "labels": list(labels),
        }
        return self._ref(self._call("POST", "issue", json={"fields": fields}).json()["key"])

    def find(self, label: str) -> TicketRef | None:
        found = self._search(f'labels = "{label}" AND created >= -90d ORDER BY created ASC')
        return self._ref(found[0]) if found else None

    def link(self, key: str, url: str, title: str) -> None:
        body = {"globalId": url, "object": {"url": url, "title": title[:MAX_SUMMARY]}}
        self._call("POST", f"issue/{quote(key, safe='')}/remotelink", json=body)

    def labelled(self, label: str, *, days: int) -> list[LabelledTicket]:
        """One call for the list and one for each ticket's changelog."""
        keys = self._search(f'labels = "{label}" AND updated >= -{days}d ORDER BY created DESC')
        asked = {"fields": "summary,description,labels,reporter,creator,created", "expand": "changelog"}
        issues = (self._call("GET", f"issue/{quote(key, safe='')}", params=asked).json() for key in keys)
        return [labelled_ticket(issue, label) for issue in issues]

    def _search(self, jql: str) -> list[str]:
        """Keys; the label in `jql` is ours or a setting, so that nothing in it needs escaping."""
        asked = {"jql": jql, "fields": ["summary"], "maxResults": 100}
        return [str(issue["key"]) for issue in self._call("POST", "search/jql", json=asked).json()["issues"]]

    def _ref(self, key: str) -> TicketRef:
        return TicketRef(key, f"{self._base}/browse/{key}")

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


def _error(call: str, answer: requests.Response) -> FerryError:
    status, said = answer.status_code, _said(answer)
    if status == 429:
        return RateLimited(f"{call}: Jira asks us to slow down", retry_after(answer))
    if status >= 500:
        return VendorUnavailable(f"{call}: Jira answered {status}")
    if status == 404:
        return NotFound(f"{call}: {said}; check the name, and that the account of JIRA_EMAIL may see it")
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
