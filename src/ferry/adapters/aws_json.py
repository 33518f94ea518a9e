"""AWS's JSON protocols without an SDK: a call, signed, on one connection per service. ADR 0011 says why.

Standard library only: ingress imports this, and every import is paid by a cold start.
Sources: smithy.io/2.0/aws/protocols, "AWS JSON 1.0"; docs.aws.amazon.com/sdkref, "Service-specific endpoints".
"""

from __future__ import annotations

import http.client
import json
import os
import random
import ssl
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ferry.adapters.aws_errors import refusal
from ferry.adapters.sigv4 import Credentials, Scope, signed
from ferry.domain.errors import InvalidSettings, TransientError, VendorUnavailable
from ferry.settings import read

CONNECT_SECONDS = 0.5
READ_SECONDS = (0.8, 1.5, 6.0)
"""How long each attempt waits for AWS. The first two end while Slack listens; the last is patient, because Sentry sends
again after a time-out, but never after a 5xx, and a delivery that is stored late is stored all the same."""
PAUSES = (0.05, 0.2)
"""Seconds before the second and the third attempt, halved at random: a quick no is overcome within Sentry's second."""
DOMAINS = {"cn-": "amazonaws.com.cn", "eusc-": "amazonaws.eu"}
"""By the region's beginning; amazonaws.com otherwise. Elsewhere AWS_ENDPOINT_URL_… must say."""


@dataclass(frozen=True)
class Service:
    """name: in its address and signature; variable: ends AWS_ENDPOINT_URL_…; version: of the JSON protocol."""

    title: str
    name: str
    variable: str
    target: str
    version: str


SQS = Service("SQS", "sqs", "SQS", "AmazonSQS", "1.0")
SECRETS_MANAGER = Service("Secrets Manager", "secretsmanager", "SECRETS_MANAGER", "secretsmanager", "1.1")


class AwsJson:
    """One service, for one thread. Keys are read at each call, the address once: InvalidSettings when one is missing.

    A call that got no answer is made again, so the same request may arrive twice.
    """

    def __init__(
        self,
        service: Service,
        environ: Mapping[str, str] = os.environ,
        sleep: Callable[[float], None] = time.sleep,
        reads: tuple[float, float, float] = READ_SECONDS,
    ) -> None:
        self._service, self._environ, self._sleep, self._reads = service, environ, sleep, reads
        self._scope = Scope(_region(environ), service.name)
        url = _url(endpoint(service, environ))
        self._host, self._path = url.netloc, url.path or "/"
        self._connection = _connection(url.scheme, url.netloc)
        weakref.finalize(self, self._connection.close)

    def call(self, action: str, request: Mapping[str, Any], absent: str = "") -> Mapping[str, Any]:
        """AWS's answer, {} for a refusal whose code is `absent`.

        RateLimited, VendorUnavailable or VendorRefused name the call and AWS's own code.
        """
        body = json.dumps(request).encode()
        for seconds, pause in zip(self._reads, PAUSES, strict=False):
            try:
                return self._once(action, body, absent, seconds)
            except TransientError:
                self._sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads callers, keeps no secret
        return self._once(action, body, absent, self._reads[-1])

    def _once(self, action: str, body: bytes, absent: str, seconds: float) -> Mapping[str, Any]:
        call = f"{self._service.title} {action}"
        keys = read(Credentials, self._environ)
        headers = {
            "host": self._host,
            "content-type": f"application/x-amz-json-{self._service.version}",
            "x-amz-target": f"{self._service.target}.{action}",
        }
        try:
            response, content = self._post(
                signed(self._path, headers, body, keys, self._scope, datetime.now(UTC)), body, seconds
            )
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise VendorUnavailable(f"{call}: {type(error).__name__}: {error}") from error
        told = _object(content)
        if response.status == 200:
            if told is None:  # not from AWS, so nothing says that it was done
                raise VendorUnavailable(f"{call}: the answer is not a JSON object")
            return told
        code, message = _reason(response, told or {})
        if code == absent:
            return {}
        raise refusal(call, code, response.status, message)

    def _post(self, headers: dict[str, str], body: bytes, seconds: float) -> tuple[http.client.HTTPResponse, bytes]:
        if self._connection.sock is None:
            self._connection.connect()
        self._connection.sock.settimeout(seconds)
        self._connection.request("POST", self._path, body, headers)
        response = self._connection.getresponse()
        return response, response.read()


def endpoint(service: Service, environ: Mapping[str, str]) -> str:
    told = environ.get(f"AWS_ENDPOINT_URL_{service.variable}") or environ.get("AWS_ENDPOINT_URL")
    region = _region(environ)
    domain = next((name for start, name in DOMAINS.items() if region.startswith(start)), "amazonaws.com")
    return told or f"https://{service.name}.{region}.{domain}"


def _url(text: str) -> SplitResult:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise InvalidSettings(f"AWS_ENDPOINT_URL… is {text!r}: set it to http(s)://host[:port], or leave it out")
    return url


def _region(environ: Mapping[str, str]) -> str:
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise InvalidSettings("AWS_REGION is not set: Lambda sets it; elsewhere set it to a region, e.g. us-east-1")
    return region


def _connection(scheme: str, host: str) -> http.client.HTTPConnection:
    """Opened by the first call."""
    if scheme == "http":
        return http.client.HTTPConnection(host, timeout=CONNECT_SECONDS)
    return http.client.HTTPSConnection(host, timeout=CONNECT_SECONDS, context=_trust())


@cache
def _trust() -> ssl.SSLContext:
    """Reading the system's certificates costs some 20 ms of CPU, so once is enough for all services."""
    return ssl.create_default_context()


def _reason(response: http.client.HTTPResponse, told: Mapping[str, Any]) -> tuple[str, str]:
    """AWS's code and message; SQS still says its older codes in a header, and boto3 goes by those."""
    code = str(told.get("__type") or response.status).partition(":")[0].rpartition("#")[2]
    older = response.getheader("x-amzn-query-error", "").partition(";")[0]
    return older or code, str(told.get("message") or told.get("Message") or "")


def _object(content: bytes) -> Mapping[str, Any] | None:
    """None when it is none: what stands between us and AWS may answer in HTML."""
    try:
        told = json.loads(content)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
