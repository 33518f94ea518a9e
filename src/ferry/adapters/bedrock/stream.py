"""ConverseStream's events to the reply that Converse would have given: whole, or lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, EventStreamError
from botocore.exceptions import HTTPClientError as HttpError
from urllib3.exceptions import HTTPError

from ferry.adapters.bedrock.faults import of_name
from ferry.domain.errors import FerryError, ModelUnavailable

Block = dict[str, Any]
Watch = Callable[[int], None]


def collected(model: str, events: Iterable[Any], watch: Watch) -> Block:
    """watch: told the characters so far with each piece. ModelUnavailable (lost) for a stream that does not end well:
    half an answer is none."""
    answer = _Answer(watch)
    try:
        for event in events:
            answer.add(event)
    except EventStreamError as error:
        raise _lost(of_name(model, _error_name(error), error.response.get("Error", {}).get("Message", ""))) from error
    except (HTTPError, HttpError, BotoCoreError, OSError) as error:
        raise ModelUnavailable(f"{model}: the answer broke off ({type(error).__name__})", lost=True) from error
    if not answer.whole:
        raise ModelUnavailable(f"{model}: the answer broke off before its end was told", lost=True)
    return answer.reply


def _error_name(error: EventStreamError) -> str:
    """``throttlingException`` in the stream is ``ThrottlingException`` elsewhere."""
    name = str(error.response.get("Error", {}).get("Code", ""))
    return name[:1].upper() + name[1:]


def _lost(error: FerryError) -> FerryError:
    if isinstance(error, ModelUnavailable):
        error.lost = True
    return error


class _Answer:
    def __init__(self, watch: Watch) -> None:
        self._watch, self._characters = watch, 0
        self._blocks: dict[int, Block] = {}
        self._open: set[int] = set()
        self.reply: Block = {}

    @property
    def whole(self) -> bool:
        return not self._open and {"output", "stopReason", "usage"} <= set(self.reply)

    def add(self, event: Block) -> None:
        [(kind, body)] = event.items()
        match kind:
            case "contentBlockStart":
                self._block(body)["toolUse"] = {**body["start"]["toolUse"], "input": ""}
            case "contentBlockDelta":
                self._delta(self._block(body), body["delta"])
            case "contentBlockStop":
                self._open.discard(body["contentBlockIndex"])
                _close(self._blocks.get(body["contentBlockIndex"], {}))
            case "messageStop":
                content = [self._blocks[index] for index in sorted(self._blocks)]
                self.reply |= {"output": {"message": {"role": "assistant", "content": content}}}
                self.reply["stopReason"] = body["stopReason"]
            case "metadata":
                self.reply["usage"] = body["usage"]

    def _block(self, body: Block) -> Block:
        """No block of text begins with an event of its own."""
        index = body["contentBlockIndex"]
        if index not in self._blocks:
            self._open.add(index)
        return self._blocks.setdefault(index, {})

    def _delta(self, block: Block, delta: Block) -> None:
        if "text" in delta:
            block["text"] = block.get("text", "") + delta["text"]
            self._seen(delta["text"])
        if "toolUse" in delta:
            block["toolUse"]["input"] += delta["toolUse"]["input"]
            self._seen(delta["toolUse"]["input"])
        if "reasoningContent" in delta:
            self._seen(_reason(block.setdefault("reasoningContent", {}), delta["reasoningContent"]))

    def _seen(self, piece: str) -> None:
        self._characters += len(piece)
        if piece:
            self._watch(self._characters)


def _reason(block: Block, delta: Block) -> str:
    if "redactedContent" in delta:
        block["redactedContent"] = block.get("redactedContent", b"") + delta["redactedContent"]
        return ""
    text = block.setdefault("reasoningText", {"text": ""})
    text["text"] += delta.get("text", "")
    if "signature" in delta:
        text["signature"] = text.get("signature", "") + delta["signature"]
    return str(delta.get("text", ""))


def _close(block: Block) -> None:
    """The arguments of a call came as pieces of JSON; what is none stays text, which the loop takes for malformed."""
    use = block.get("toolUse")
    if use is None:
        return
    try:
        use["input"] = json.loads(use["input"] or "{}")
    except ValueError:
        use["input"] = None
