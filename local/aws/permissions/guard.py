"""The check before the embedded AWS, which itself has none."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from local.aws.permissions.grants import Holder, Permissions
from local.aws.permissions.policy import permits
from local.aws.permissions.request import Request, UnreadableError, read_request, signer
from local.aws.permissions.s3 import listing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger(__name__)
CHECKED = frozenset({"dynamodb", "s3", "secretsmanager"})


class Guard:
    """A WSGI application that passes on to `app` what the function that signs may do."""

    def __init__(self, app: WSGIApplication, permissions: Permissions) -> None:
        self._app = app
        self._permissions = permissions

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        who = signer(environ)
        holder = self._permissions.holder(who.key) if who else None
        if who is None or holder is None or who.service not in CHECKED:
            return self._app(environ, start_response)
        try:
            request = read_request(environ, who)
        except UnreadableError as error:
            return _refused(who.service, str(error), start_response)
        if why := self._permissions.refusal(holder, request):
            LOG.warning("%s", why)
            return _refused(who.service, why, start_response)
        if who.service == "s3" and _may_not_know(holder, request):
            return _hiding(self._app, environ, start_response)
        return self._app(environ, start_response)


def _may_not_know(holder: Holder, request: Request) -> bool:
    bucket, _, key = request.path.lstrip("/").partition("/")
    reads = bool(key) and request.method in ("GET", "HEAD")
    return reads and not permits(holder.statements, listing(f"arn:aws:s3:::{bucket}", []))


def _hiding(app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Whoever may not list a bucket is told 403 instead of 404."""
    from werkzeug.test import run_wsgi_app

    body, status, headers = run_wsgi_app(app, environ)
    if status.startswith("404"):
        return _refused("s3", "no identity-based policy allows the s3:ListBucket action", start_response)
    start_response(status, list(headers))
    return body


def _refused(service: str, why: str, start_response: StartResponse) -> Iterable[bytes]:
    if service == "s3":
        kind, status = "application/xml", "403 Forbidden"
        body = f"<Error><Code>AccessDenied</Code><Message>{why}</Message></Error>"
    else:
        kind, status = "application/x-amz-json-1.1", "400 Bad Request"
        body = json.dumps({"__type": "com.amazon.coral.service#AccessDeniedException", "message": why})
    data = body.encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(data))), ("x-amzn-RequestId", str(uuid.uuid4()))]
    start_response(status, headers)
    return [data]
