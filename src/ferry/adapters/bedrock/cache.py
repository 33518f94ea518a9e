"""Where Converse's cache points go: at most four, tools before system before messages, all for as long.

docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html. One ends what all conversations of an agent share
(tools and system prompt), one what those of a task share, and two are for messages: the newest turn, and the user's
turn before it, where the last call wrote its cache; a turn of many results would else be too far from it to be found.
"""

from __future__ import annotations

import json
from typing import Any

from ferry.agentkit.messages import ModelRequest
from ferry.domain.capabilities import Capabilities

Block = dict[str, Any]
# Code and JSON have about three characters per token at the least; a point below the minimum is ignored, not refused.
CHARACTERS_PER_TOKEN = 3


def with_cache_points(wire: Block, capable: Capabilities, request: ModelRequest) -> Block:
    """`wire` with its points added. A request that nothing follows reads what there is and writes nothing: it has no
    point at its end, and none at all when nothing was said before it."""
    messages = wire["messages"]
    if not (request.goes_on or len(messages) > 1):
        return wire
    point = _point(request, capable)
    tools = wire.get("toolConfig", {}).get("tools", [])
    before = _size(tools) + _size(wire["system"])
    if "system" in capable.cache and before >= capable.cache_minimum:
        wire["system"].append(point)
    elif "tools" in capable.cache and tools and _size(tools) >= capable.cache_minimum:
        tools.append(point)
    if "messages" in capable.cache:
        sizes = [_size(message) for message in messages]
        for index in (len(messages) - 3, *([len(messages) - 1] if request.goes_on else [])):
            if index >= 0 and before + sum(sizes[: index + 1]) >= capable.cache_minimum:
                messages[index]["content"].append(point)
        _mark_shared(messages[0]["content"], request, before, capable.cache_minimum, point)
    return wire


def _mark_shared(first: list[Block], request: ModelRequest, before: int, minimum: int, point: Block) -> None:
    if request.messages[0].shared.strip() and before + _size(first[0]) >= minimum:
        first.insert(1, point)


def _point(request: ModelRequest, capable: Capabilities) -> Block:
    """Five minutes are what a point without a word means, and what every model knows."""
    ttl = request.ttl if request.ttl in capable.cache_ttls else "5m"
    return {"cachePoint": {"type": "default"} | ({"ttl": ttl} if ttl != "5m" else {})}


def _size(blocks: object) -> int:
    return len(json.dumps(blocks, default=str)) // CHARACTERS_PER_TOKEN
