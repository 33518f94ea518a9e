"""AWS Signature Version 4 of a POST without query, in headers. Standard library only: ingress imports this.

Source: docs.aws.amazon.com/IAM/latest/UserGuide, "Create a signed AWS API request". ADR 0011 says why it is our own.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Credentials:
    """Named as AWS names the variables, so that `ferry.settings.read` fills them; the token is for temporary keys."""

    aws_access_key_id: str
    aws_secret_access_key: str = field(repr=False)
    aws_session_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Scope:
    """service: the name it signs with, e.g. ``sqs``."""

    region: str
    service: str


def signed(
    path: str, headers: Mapping[str, str], body: bytes, keys: Credentials, scope: Scope, now: datetime
) -> dict[str, str]:
    """`headers`, which must hold ``host``, in lower case and with those that prove them; `now` is in UTC."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    sent = {name.lower(): value for name, value in headers.items()} | {"x-amz-date": stamp}
    if keys.aws_session_token:
        sent["x-amz-security-token"] = keys.aws_session_token
    names = ";".join(sorted(sent))
    lines = "".join(f"{name}:{' '.join(sent[name].split())}\n" for name in sorted(sent))
    canonical = f"POST\n{quote(path, safe='/~')}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    under = f"{stamp[:8]}/{scope.region}/{scope.service}/aws4_request"
    to_sign = f"{ALGORITHM}\n{stamp}\n{under}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = _hmac(_key(keys, under), to_sign).hex()
    proof = f"{ALGORITHM} Credential={keys.aws_access_key_id}/{under}, SignedHeaders={names}, Signature={signature}"
    return sent | {"authorization": proof}


def _key(keys: Credentials, under: str) -> bytes:
    key = f"AWS4{keys.aws_secret_access_key}".encode()
    for part in under.split("/"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
