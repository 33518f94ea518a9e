"""Does what the event's `do` says, so that a test can see what becomes of it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any


class TransientError(Exception):
    """Named as a state machine's Retry would name it."""


def handler(event: dict[str, Any], context: Any) -> Any:
    action = event.get("do", "echo")
    if action == "raise":
        raise TransientError("the forge is busy")
    if action == "sleep":
        time.sleep(event["seconds"])
    if action == "exit":
        os._exit(3)
    if action == "environment":
        return dict(os.environ)
    if action == "count":
        return _counted(event["path"], event["fail_first"])
    if action == "token":
        return _kept(event)
    return {"echo": event.get("value"), "pid": os.getpid(), "name": context.function_name}


def _counted(path: str, fail_first: int) -> int:
    with Path(path).open("a+", encoding="utf-8") as file:
        file.write("x")
        file.seek(0)
        times = len(file.read())
    if times <= fail_first:
        raise TransientError(f"attempt {times}")
    return times


def _kept(event: dict[str, Any]) -> None:
    with Path(event["path"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(event["token"]) + "\n")
