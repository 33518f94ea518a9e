"""Checks recorded HTTP exchanges against a vendor's OpenAPI document.

    contract = Contract(vendor_file("github/openapi.trimmed.json"), base=server.url)
    session.hooks["response"].append(contract.hook)      # every call of the session is checked
    contract.check("GET", url, Request(), Reply(200, headers, body))

Any mismatch raises `ContractError`, which names the call, the side (request or reply) and the field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.testing import MockRequest, MockResponse
from werkzeug.datastructures import ImmutableMultiDict

CONTRACTS = Path(__file__).parents[3] / "shared" / "contracts"
_HOST = "https://contract.invalid"
# Any operation may answer these; the documents list them for some operations only.
_ANYWHERE = (401, 403, 404, 429, 500, 502, 503)


class ContractError(AssertionError):
    """A request or a reply that the vendor's document does not allow."""


@dataclass(frozen=True)
class Request:
    """What was sent: header names in any case, the body as bytes on the wire."""

    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def vendor_file(name: str) -> Path:
    """`name` under ../shared/contracts; skips the calling test where that folder is absent (a user's machine)."""
    path = CONTRACTS / name
    if not path.exists():
        pytest.skip(f"third-party contract data is not part of this repository: no {path}")
    return path


class Contract:
    """One document, served at `base` (no trailing slash).

    beyond: regular expressions over "METHOD /path" for calls that the vendor has but this document leaves out;
    `check` lets those pass unchecked (looked at first), and refuses every other unknown call.
    """

    def __init__(self, spec_path: Path, base: str, beyond: Sequence[str] = ()) -> None:
        self._spec, self._templates = _load(spec_path)
        self._base = base.rstrip("/")
        self._beyond = [re.compile(pattern) for pattern in beyond]
        self.checked: set[str] = set()
        self.broken: list[str] = []

    def check(self, method: str, url: str, request: Request, reply: Reply) -> None:
        """Raises ContractError; remembers "METHOD /template" of what it checked in `checked`."""
        if not url.startswith(self._base):
            raise ContractError(f"{url} is not under {self._base}")
        parts = urlsplit(url[len(self._base) :])
        beyond = any(pattern.fullmatch(f"{method.upper()} {parts.path}") for pattern in self._beyond)
        found = None if beyond else _match(self._templates, method.lower(), parts.path)
        if beyond:
            return
        if found is None:
            raise ContractError(f"{method} {parts.path}: no such operation in the vendor's document")
        template, path = found
        self._validate(f"{method.upper()} {template}", _request(method, path, parts.query, request), reply)

    def hook(self, response: requests.Response, **_: object) -> None:
        """For `requests.Session.hooks["response"]`: checks the exchange, ignores other hosts (signed log URLs)."""
        sent, url = response.request, str(response.request.url)
        if not url.startswith(self._base):
            return
        body = sent.body if isinstance(sent.body, bytes) else (sent.body or "").encode()
        try:
            self.check(str(sent.method), url, Request(dict(sent.headers), body), reply_of(response))
        except ContractError as broken:
            self.broken.append(str(broken))
            raise

    def _validate(self, call: str, request: MockRequest, reply: Reply) -> None:
        content_type = _header(reply.headers, "content-type")
        response = MockResponse(reply.body, reply.status, dict(reply.headers), content_type)
        # An error reply may be about the very request that breaks the rules, so only accepted requests are judged.
        errors = list(self._spec.iter_request_errors(request)) if reply.status < 400 else []
        if errors:
            raise ContractError(f"{call}: request: {_why(errors)}")
        errors = list(self._spec.iter_response_errors(request, response))
        if reply.status in _ANYWHERE and any(isinstance(error, ResponseNotFound) for error in errors):
            return
        if errors:
            raise ContractError(f"{call}: reply {reply.status}: {_why(errors)}")
        self.checked.add(call)


def reply_of(response: requests.Response) -> Reply:
    return Reply(response.status_code, dict(response.headers), response.content)


@cache
def _load(spec_path: Path) -> tuple[OpenAPI, dict[str, frozenset[str]]]:
    """The document with its server replaced, and its templates with their methods (loading costs 0.4 to 1 s)."""
    document = json.loads(spec_path.read_text())
    document["servers"] = [{"url": _HOST}]
    _mend(document)
    templates = {template: frozenset(operations) for template, operations in document["paths"].items()}
    config = Config(extra_format_validators={"date-time": _lax_date_time}, spec_validator_cls=None)  # type: ignore[arg-type]  # saves 1 s; the document is not ours
    return OpenAPI.from_dict(document, config=config), templates


def _mend(node: object) -> None:
    """Discriminators are hints, and openapi-core fails on GitHub's, which sits over a list; a nullable enum means null.

    In OpenAPI 3.0 `nullable` does not add null to an `enum`, but GitHub, Jira and Sentry write it as if it did.
    """
    if isinstance(node, dict):
        if isinstance(node.get("discriminator"), dict):
            del node["discriminator"]
        if node.get("nullable") is True and isinstance(node.get("enum"), list):
            node["enum"].append(None)
    children = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    for child in children:
        _mend(child)


def _lax_date_time(value: object) -> bool:
    """Jira writes ``+0000``, which RFC 3339 forbids and Python reads."""
    try:
        return not isinstance(value, str) or bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _match(templates: Mapping[str, frozenset[str]], method: str, path: str) -> tuple[str, str] | None:
    """(template, path with the slashes of its last parameter percent-encoded); exact templates win.

    GitHub takes several segments in ``contents/{path}`` or ``git/ref/{ref}``; openapi-core matches one only.
    """
    ranked = sorted(
        (t for t, methods in templates.items() if method in methods), key=lambda t: (-t.count("/"), t.count("{"))
    )
    for tail in ("[^/]+", ".+"):
        for template in ranked:
            pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template))
            if template.endswith("}"):
                pattern = f"{pattern[: -len('[^/]+')]}({tail})"
            if found := re.fullmatch(pattern, path):
                return template, path[: found.start(1)] + found[1].replace("/", "%2F") if found.groups() else path
    return None


def _request(method: str, path: str, query: str, request: Request) -> MockRequest:
    content_type = _header(request.headers, "content-type")
    mock = MockRequest(_HOST, method, path, headers=dict(request.headers), data=request.body, content_type=content_type)
    mock.parameters.query = ImmutableMultiDict(parse_qsl(query, keep_blank_values=True))
    return mock


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _why(errors: Sequence[Exception]) -> str:
    return "; ".join(_one(error) for error in errors)[:2000]


def _one(error: Exception) -> str:
    nested: list[Any] = list(getattr(error.__cause__ or error, "schema_errors", None) or ())
    if nested:
        return "; ".join(f"{list(e.absolute_path)}: {e.message[:300]}" for e in nested)
    return str(error.__cause__ or error) if isinstance(error, OpenAPIError) else repr(error)
