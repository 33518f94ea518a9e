"""A provider that counts what it is paid: one that cuts answers at the limit it was given, and may lose them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolCall
from ferry.domain.errors import ModelUnavailable
from ferry.domain.ledger import PriceTable, Usage

CHARACTERS_PER_TOKEN = 3


@dataclass
class PaidModel:
    """say: the answer to a conversation with so many turns of the model; lost: whether nobody gets to read it."""

    say: Callable[[int], Message]
    prices: PriceTable
    lost: Callable[[int], bool] = lambda call: False
    stop: StopReason | None = None
    paid: int = 0
    unread: int = 0
    asked: list[ModelRequest] = field(default_factory=list)

    def reply(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        turn = sum(message.role == "assistant" for message in request.messages)
        whole = self.say(turn)
        said, stop = self._cut(whole, request.max_tokens)
        # What is cut off was not made, and what was made before it is paid for, readable or not.
        usage = Usage(input=_tokens(request.model_dump_json()), output=min(request.max_tokens, _size(whole)))
        money = self.prices.cost(request.model, usage)
        self.paid += money
        if self.lost(len(self.asked)):
            self.unread += money
            raise ModelUnavailable("the connection was cut in the middle of the answer", lost=True)
        return ModelReply(message=said, stop=self.stop or stop, usage=usage, milliseconds=1)

    def _cut(self, said: Message, limit: int) -> tuple[Message, StopReason]:
        if _size(said) <= limit:
            return said, StopReason.TOOLS if said.calls else StopReason.END
        return Message(role="assistant", text=said.text[: limit * CHARACTERS_PER_TOKEN]), StopReason.MAX_TOKENS


def calls(tool: str, turn: int, text: str = "", **input: object) -> Message:
    return Message(role="assistant", text=text, calls=(ToolCall(id=f"c{turn}", name=tool, input=input),))


def _size(said: Message) -> int:
    return _tokens(said.model_dump_json(include={"text", "calls"}))


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)
