"""The comment machine's states that need no agent: decide what to do, and answer on the pull request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ferry.adapters.wiring import CloudWorld
from ferry.domain.errors import InvalidDocument
from ferry.domain.triggers.comment import Remark
from ferry.settings import read
from ferry.usecases.comment import Manners, answer, changed, failed, prepare


@dataclass(frozen=True)
class CommentSettings:
    """mentions: the words that call Ferry; the first is the one it uses itself."""

    mentions: tuple[str, ...]
    max_comment_fixes: int
    max_review_rounds: int


@cache
def _wiring() -> tuple[CloudWorld, Manners]:
    settings = read(CommentSettings, os.environ)
    return CloudWorld.from_environment(), Manners(
        settings.mentions[0], settings.max_comment_fixes, settings.max_review_rounds
    )


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    world, manners = _wiring()
    remark = Remark.read(event["remark"], "the comment")
    match event["step"]:
        case "prepare":
            return prepare(event["id"], remark, manners, world)
        case "answer":
            answer(remark, event["text"], world)
        case "changed":
            changed(event.get("id", ""), remark, event["result"], manners, world)
        case "fail":
            failed(remark, event["error"], world)
        case other:
            raise InvalidDocument(f"step: {other} is none of prepare, answer, changed, fail")
    return {"step": event["step"]}
