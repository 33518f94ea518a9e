"""Fails the messages that say so, and writes down the others with the time at which they came."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    failed = []
    for record in event["Records"]:
        message = json.loads(record["body"])
        with Path(message["path"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"id": message["id"], "at": time.time()}) + "\n")
        if message.get("fail"):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
