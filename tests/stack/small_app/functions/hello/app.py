"""Answers HTTP with the event it was given, or as the query asks."""

from __future__ import annotations

import json
import time
from typing import Any


def handler(event: dict[str, Any], context: Any) -> Any:
    query = event["queryStringParameters"] or {}
    time.sleep(query.get("sleep", 0))
    wish = query.get("wish")
    if wish == "crash":
        raise RuntimeError("secret detail")
    if wish == "nonsense":
        return "not a response"
    if wish == "empty":
        return {"statusCode": 204}
    return {"statusCode": 200, "headers": {"X-Seen": "yes"}, "body": json.dumps(event)}
