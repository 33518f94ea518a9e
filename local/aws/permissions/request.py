"""What a request to the embedded AWS says of itself: who asks, and what of which service."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from werkzeug.wsgi import get_input_stream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d+/([^/,\s]+)/([^/,\s]+)/aws4_request")


@dataclass(frozen=True)
class Signer:
    """The part of a signature that names who signed, for which region and service."""

    key: str
    region: str
    service: str


@dataclass(frozen=True)
class Request:
    """operation: of a JSON service, e.g. ``PutItem``, with its `body`; the others: of S3."""

    signer: Signer
    operation: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    method: str = ""
    path: str = ""
    query: Mapping[str, list[str]] = field(default_factory=dict)
    copied: str = ""


class UnreadableError(ValueError):
    """What the call asks for cannot be told from it, so it is refused."""


def signer(environ: WSGIEnvironment) -> Signer | None:
    """None for a request that is not signed."""
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    return Signer(*found.groups()) if found else None


def read_request(environ: WSGIEnvironment, who: Signer) -> Request:
    """The body of a JSON service is read and put back; that of S3 is data and is left alone."""
    if who.service == "s3":
        return Request(
            who,
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", ""),
            query=parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True),
            copied=unquote(environ.get("HTTP_X_AMZ_COPY_SOURCE", "")),
        )
    sent = get_input_stream(environ).read()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(sent), str(len(sent))
    environ.pop("wsgi.input_terminated", None)
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    try:
        body = json.loads(sent or b"{}")
    except ValueError as error:
        raise UnreadableError(f"the body of {operation} is no JSON") from error
    return Request(who, operation, body if isinstance(body, dict) else {})
