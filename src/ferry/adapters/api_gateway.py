"""API Gateway's proxy events (payload v1) as requests, and answers to them. Standard library only."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from ferry.domain.request import Request


def request(event: Mapping[str, Any]) -> Request:
    """ValueError when the body claims to be base64 and is not."""
    text = event.get("body") or ""
    try:
        body = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except binascii.Error as error:
        raise ValueError("body: is not the base64 that it claims to be") from error
    headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    return Request(headers, body, event.get("pathParameters") or {}, event.get("queryStringParameters") or {})


def answer(status: int, content: Mapping[str, Any]) -> dict[str, Any]:
    """No content is an empty body."""
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(content) if content else "",
        "isBase64Encoded": False,
    }
