"""The linear record of a conversation: what is sent to the model is what is saved."""

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

    def add(self, message: Message) -> None:
        self.messages.append(message)

    def to_json(self) -> bytes:
        data: dict[str, Any] = {
            "model": self.model,
            "labels": dict(self.labels),
            "system": self.system,
            "messages": [message.dump() for message in self.messages],
            "end": self.end,
        }
        return json.dumps(data, ensure_ascii=False, indent=1).encode()
