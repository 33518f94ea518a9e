"""The linear record of a conversation: every turn of it, and which of them were left out of what is sent, and when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ferry.agentkit.messages import Message


@dataclass
class Transcript:
    """end: how it ended, e.g. ``submitted`` or ``BudgetExceeded: …``; empty while it goes on."""

    model: str
    labels: Mapping[str, str]
    system: str
    messages: list[Message] = field(default_factory=list)
    end: str = ""
    shortenings: list[dict[str, Any]] = field(default_factory=list)

    def add(self, message: Message) -> None:
        self.messages.append(message)

    def shortened(self, *, left_out: int, kept: int, what: str, told: str) -> None:
        """From here on the first prompt, `told` and the last `kept` messages are sent, and `left_out` more are not."""
        after = len(self.messages)
        self.shortenings.append({"after": after, "left_out": left_out, "kept": kept, "what": what, "told": told})

    def to_json(self) -> bytes:
        data: dict[str, Any] = {
            "model": self.model,
            "labels": dict(self.labels),
            "system": self.system,
            "messages": [message.dump() for message in self.messages],
            "shortenings": self.shortenings,
            "end": self.end,
        }
        return json.dumps(data, ensure_ascii=False, indent=1).encode()
