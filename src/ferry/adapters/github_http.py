"""One call to GitHub's REST API: patience, rate limits, pages, redirects, and errors in Ferry's words.

docs.github.com "Best practices for using the REST API" and "Rate limits for the REST API": wait for Retry-After, or
for X-RateLimit-Reset when X-RateLimit-Remaining is 0; a secondary limit may come as 403 as well as 429.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from ferry.adapters.http_retry import Patience, is_transient, retry_after, share_left
from ferry.domain.errors import FerryError, NotFound, RateLimited, VendorRefused, VendorUnavailable

TIMEOUT_SECONDS = (5, 30)
API_VERSION = "2026-03-10"  # that of the OpenAPI document which the contract tests check against
_ACCEPT = "application/vnd.github+json"
_REDIRECTS = (301, 302, 307, 308)
_REMEDIES = {
    401: "check the credential in the secret that GITHUB_TOKEN_ID names (or the GitHub App's key)",
    403: "give the token or the GitHub App the permission that this call needs, in this organisation",
    410: "it has expired at GitHub",
}


class GitHubApi:
    """base_url: ``https://api.github.com`` or ``https://<server>/api/v3``; token: called for every request."""

    def __init__(
        self,
        base_url: str,
        token: Callable[[], str],
        *,
        session: requests.Session | None = None,
        patience: Patience | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._token, self._now = token, now
        self._session = session or requests.Session()
        self._patience = patience or Patience()
        self.left = 1.0
        """Share of the calls of this hour that are left, as far as GitHub said."""

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        stream: bool = False,
    ) -> requests.Response:
        """The answer, below 300, after redirects. repeatable: a second try cannot do harm; all but POST by default.

        RateLimited, VendorUnavailable, VendorRefused, NotFound.
        """
        name = f"GitHub {method} {path}"
        again = method != "POST" if repeatable is None else repeatable
        answer = self._patient(
            name, lambda: self._once(method, self._base + path, body=body, params=params, stream=stream), again
        )
        if answer.status_code >= 300:
            raise self._error(name, answer)
        return answer

    def pages(self, path: str, params: Mapping[str, str], key: str = "") -> Iterator[dict[str, Any]]:
        """Every item of a list, or of the list under `key`, following Link headers."""
        answer = self.call("GET", path, params={"per_page": "100", **params})
        while True:
            document = answer.json()
            yield from document[key] if key else document
            following = answer.links.get("next", {}).get("url", "")
            if not following.startswith(self._base):
                return
            answer = self.call("GET", following.removeprefix(self._base))

    def graphql(self, query: str, variables: Mapping[str, Any]) -> Any:
        """`data`; VendorRefused for errors that GitHub puts into a reply of status 200."""
        url = self._base.removesuffix("/v3") + "/graphql"
        answer = self._patient(
            "GitHub GraphQL", lambda: self._send("POST", url, {"query": query, "variables": variables}), True
        )
        if answer.status_code >= 300:
            raise self._error("GitHub GraphQL", answer)
        document = answer.json()
        if document.get("errors"):
            if any(error.get("type") == "NOT_FOUND" for error in document["errors"]):
                raise NotFound("GitHub GraphQL: what the call names is not there, or not for this token to see")
            said = "; ".join(str(error.get("message", "")) for error in document["errors"])
            raise VendorRefused(f"GitHub GraphQL: {said}; {_REMEDIES[403]}")
        return document["data"]

    def _patient(self, name: str, once: Callable[[], requests.Response], again: bool) -> requests.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = once()
            except requests.RequestException as error:
                if not again or not self._patience.wait(attempt):
                    raise VendorUnavailable(f"{name}: no answer from {self._base} ({type(error).__name__})") from error
                continue
            self.left = share_left(answer, self.left)
            limited = self._limited(answer)
            # A limited call was not done, so that trying it again does no harm whatever it is.
            if not (limited or (again and is_transient(answer.status_code))):
                return answer
            if not self._patience.wait(attempt, self._asked(answer)):
                return answer

    def _limited(self, answer: requests.Response) -> bool:
        if answer.status_code == 429:
            return True
        out = answer.headers.get("X-RateLimit-Remaining") == "0"
        return answer.status_code == 403 and (out or "Retry-After" in answer.headers or "rate limit" in _said(answer))

    def _asked(self, answer: requests.Response) -> float | None:
        asked = retry_after(answer)
        reset = answer.headers.get("X-RateLimit-Reset", "")
        if asked is None and answer.headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
            return max(0.0, int(reset) - self._now())
        return asked

    def _once(
        self, method: str, url: str, *, body: Any, params: Mapping[str, str] | None, stream: bool
    ) -> requests.Response:
        """Follows redirects itself: the credential goes to GitHub's API alone, never to the host of a log."""
        answer = self._send(method, url, body, params, stream)
        for _ in range(3):
            target = urljoin(self._base, answer.headers.get("Location", ""))
            if answer.status_code not in _REDIRECTS or target == self._base:
                break
            answer.close()
            if urlsplit(target)[:2] == urlsplit(self._base)[:2]:
                answer = self._send(method, target, body, None, stream)
            else:
                answer = self._session.get(
                    target, timeout=TIMEOUT_SECONDS, stream=stream, auth=_no_credential, allow_redirects=False
                )
        return answer

    def _send(
        self, method: str, url: str, body: Any, params: Mapping[str, str] | None = None, stream: bool = False
    ) -> requests.Response:
        headers = {"Accept": _ACCEPT, "X-GitHub-Api-Version": API_VERSION, "Authorization": f"Bearer {self._token()}"}
        return self._session.request(
            method,
            url,
            json=body,
            params=params,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            stream=stream,
            allow_redirects=False,
        )

    def _error(self, name: str, answer: requests.Response) -> FerryError:
        status, said = answer.status_code, _said(answer)
        if self._limited(answer):
            return RateLimited(f"{name}: GitHub asks us to slow down", self._asked(answer))
        if status >= 500:
            return VendorUnavailable(f"{name}: GitHub answered {status}")
        if status in (404, 410):
            return NotFound(f"{name}: {said}; check the name, and that the token or App may see the repository")
        remedy = _REMEDIES.get(status, "GitHub did not accept the request as it is")
        return VendorRefused(f"{name}: {status}: {said}; {remedy}", status)


def _no_credential(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from adding what a .netrc file may hold for the host."""
    request.headers.pop("Authorization", None)
    return request


def _said(answer: requests.Response) -> str:
    """GitHub's message with the errors of a 422; never the request's own text."""
    try:
        body = answer.json()
        details = [_detail(error) for error in body.get("errors", ())]
        return "; ".join([str(body.get("message", "")), *details]) or answer.reason
    except (ValueError, AttributeError):
        return answer.reason


def _detail(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return str(error.get("message") or f"{error.get('field', '')} {error.get('code', '')}".strip())
