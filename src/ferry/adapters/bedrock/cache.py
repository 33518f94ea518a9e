"""Where Converse's cache points go: at most four, tools before system before messages, an hour before five minutes.

docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html. Two are for messages: the newest turn, and the user's
turn before it, where the last call wrote its cache; a turn of many results would else be too far from it to be found.
"""

from __future__ import annotations

import json
from typing import Any

from ferry.domain.capabilities import Capabilities, Ttl

Block = dict[str, Any]
# Code and JSON have about three characters per token at the least; a point below the minimum is ignored, not refused.
CHARACTERS_PER_TOKEN = 3


def with_cache_points(wire: Block, capable: Capabilities, ttl: Ttl) -> Block:
    """`wire` with its points added; ttl: of tools and system, where the model can."""
    stable = _point(ttl if ttl in capable.cache_ttls else "5m")
    tools, before = wire.get("toolConfig", {}).get("tools", []), 0
    for place, blocks in (("tools", tools), ("system", wire["system"])):
        before += _size(blocks)
        if place in capable.cache and blocks and before >= capable.cache_minimum:
            blocks.append(stable)
    if "messages" in capable.cache:
        _mark_messages(wire["messages"], before, capable.cache_minimum)
    return wire


def _mark_messages(messages: list[Block], before: int, minimum: int) -> None:
    sizes = [_size(message) for message in messages]
    for index in (len(messages) - 3, len(messages) - 1):
        if index >= 0 and before + sum(sizes[: index + 1]) >= minimum:
            messages[index]["content"].append(_point("5m"))


def _point(ttl: Ttl) -> Block:
    """Five minutes are what a point without a word means, and what every model knows."""
    return {"cachePoint": {"type": "default"} | ({"ttl": ttl} if ttl != "5m" else {})}


def _size(blocks: object) -> int:
    return len(json.dumps(blocks, default=str)) // CHARACTERS_PER_TOKEN
