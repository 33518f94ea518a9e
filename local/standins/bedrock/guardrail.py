"""ApplyGuardrail, with both of its outcomes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.standins.bedrock.converse import check, checked_reply

if TYPE_CHECKING:
    Json = dict[str, Any]

_INJECTION = re.compile(r"ignore (all |any )?(the |your )?(previous|prior) instructions", re.I)
_FREE = dict.fromkeys(
    ("topicPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits", "sensitiveInformationPolicyFreeUnits",
     "contextualGroundingPolicyUnits"), 0)  # fmt: skip


def apply_guardrail(request: Json) -> Json:
    """Intervenes on the best-known prompt injection, so that both outcomes can be had; otherwise NONE."""
    check("ApplyGuardrail", request)
    texts = [block["text"]["text"] for block in request["content"] if "text" in block]
    caught = any(_INJECTION.search(text) for text in texts)
    reply: Json = {
        "usage": _FREE | {"contentPolicyUnits": len(texts)},
        "action": "GUARDRAIL_INTERVENED" if caught else "NONE",
        "outputs": [{"text": "Blocked by the guardrail."}] if caught else [],
        "assessments": [],
    }
    return checked_reply("ApplyGuardrail", reply)
