"""What is sent of a conversation: all of it, or the first prompt, words about what was left out, and the newest turns.

Whatever is left out changes the prefix and throws the vendor's cache away, so it is done seldom and in one large step.
"""

from __future__ import annotations

from collections.abc import Sequence

from ferry.agentkit.messages import Message, ModelReply, ModelRequest
from ferry.agentkit.scale import Estimate
from ferry.agentkit.text import cut

# Of the window: what the newest turns may keep, and the least that must go for the cache to be thrown away.
KEPT, WORTH = 0.15, 0.25
SHORTEST_RESULT = 1_000


class Window:
    """tokens: that a request should not pass."""

    def __init__(self, tokens: int) -> None:
        self.messages: tuple[Message, ...] = ()
        self._tokens, self._estimate = tokens, Estimate()

    def add(self, message: Message) -> None:
        self.messages += (message,)

    def learn(self, request: ModelRequest, reply: ModelReply) -> None:
        self._estimate.learn(request, reply.usage.asked)

    def tokens_of(self, request: ModelRequest) -> int:
        return self._estimate.of(request)

    def is_passed_by(self, request: ModelRequest) -> bool:
        """And leaving the older turns out would help."""
        if self._estimate.of(request) <= self._tokens:
            return False
        return self._estimate.of_turns(self.older()) >= WORTH * self._tokens

    def older(self, *, but_one: bool = False) -> tuple[Message, ...]:
        """The turns that can be left out: all between the first prompt and the newest ones, of which there is at least
        one, with what came of it. but_one: exactly one."""
        return self.messages[1 : self._kept_from(but_one)]

    def leave_out(self, older: Sequence[Message], first: Message) -> None:
        """first: the prompt, with what is said of the `older` turns."""
        kept = self.messages[1 + len(older) :]
        moved = (turn.model_copy(update={"moved": True}) if turn.role == "assistant" else turn for turn in kept)
        self.messages = (first, *moved)

    def _kept_from(self, but_one: bool) -> int:
        """A turn of the model, so that roles alternate and every call keeps its result."""
        at = max(1, len(self.messages) - 2)
        while not but_one and at > 2 and self._estimate.of_turns(self.messages[at - 2 :]) <= KEPT * self._tokens:
            at -= 2
        return at


def fitted(message: Message, tokens: int) -> Message:
    """What the tools of one turn say may fill a third of a window of `tokens`, at three characters a token."""
    if sum(len(result.text) for result in message.results) <= tokens:
        return message
    each = max(SHORTEST_RESULT, tokens // len(message.results))
    results = (result.model_copy(update={"text": cut(result.text, each)}) for result in message.results)
    return message.model_copy(update={"results": tuple(results)})
