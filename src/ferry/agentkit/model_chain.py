"""One conversation's models: the preferred one, and who takes over when it cannot answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason
from ferry.agentkit.model_circuits import Circuits
from ferry.domain.capabilities import Capabilities
from ferry.domain.errors import ContextExceeded, ModelUnavailable, VendorRefused
from ferry.domain.model_chain import ModelName
from ferry.ports import Clock, LanguageModel

CONTEXT_REMEDY = "give the step a smaller task, or put a model of a larger context behind it in MODELS"


@dataclass(frozen=True, eq=False)
class Link:
    name: ModelName
    model: LanguageModel
    capable: Capabilities


@dataclass(frozen=True)
class Patience:
    """Of one turn. attempts: calls at most; seconds: that all waits may take; longest: one back-off; jitter: 0 to 1."""

    attempts: int = 8
    seconds: float = 150
    longest: float = 20
    jitter: Callable[[], float] = random.random

    def backoff(self, rounds: int) -> float:
        """Doubles with each round through the chain."""
        return min(2.0**rounds, self.longest) * (0.5 + self.jitter() / 2)


class ModelChain:
    """Stays with whoever answered last, for its cache is warm; told: hears of each switch, in a person's words."""

    def __init__(
        self,
        links: Sequence[Link],
        circuits: Circuits,
        clock: Clock,
        *,
        patience: Patience | None = None,
        told: Callable[[str], None] = lambda switch: None,
    ) -> None:
        self._links, self._circuits, self._clock, self._told = tuple(links), circuits, clock, told
        self._patience = patience or Patience()
        self._at, self._context, self._outgrew = 0, 0, 0
        self._spoke: Link | None = None
        self._reasons: dict[Link, str] = {}

    @property
    def answered(self) -> bool:
        return self._spoke is not None

    def reply(self, request: ModelRequest) -> ModelReply:
        """ModelUnavailable when patience ends, or at once for a lost answer, which was paid for: whoever pays decides
        whether to ask again, and the next model is asked then. ContextExceeded when no model of the chain has the room.
        """
        turn = _Turn(self._patience, self._clock, len(self._links))
        if len(request.messages) < self._outgrew:
            # It was shortened since.
            self._context = self._outgrew = 0
        while True:
            link = self._available(turn)
            try:
                reply = link.model.reply(adapted(request, link))
            except ModelUnavailable as error:
                self._circuits.failed(link, error)
                self._move_on(link, error)
                turn.failed(error)
            except ContextExceeded as error:
                self._outgrown(link, request, error)
            except VendorRefused as error:
                self._circuits.faulted(link, error)
                raise
            else:
                return self._answered(link, request, reply)

    def _available(self, turn: _Turn) -> Link:
        """The next link that has the room and that its circuit lets through, waited for if need be."""
        links = [link for link in self._in_turn() if link.capable.context_tokens > self._context]
        if not links:
            raise ContextExceeded(f"the conversation fills the largest context of its models; {CONTEXT_REMEDY}")
        while True:
            for link in links:
                if self._circuits.lets(link):
                    return link
            turn.wait(min(self._circuits.rests(link) for link in links), links)

    def _in_turn(self) -> tuple[Link, ...]:
        return self._links[self._at :] + self._links[: self._at]

    def _move_on(self, link: Link, error: ModelUnavailable) -> None:
        self._reasons[link] = str(error)
        self._at = (self._links.index(link) + 1) % len(self._links)

    def _outgrown(self, link: Link, request: ModelRequest, error: ContextExceeded) -> None:
        self._reasons[link] = str(error)
        self._is_full(link, request)
        if not any(other.capable.context_tokens > self._context for other in self._links):
            raise ContextExceeded(f"{error}; {CONTEXT_REMEDY}") from error

    def _is_full(self, link: Link, request: ModelRequest) -> None:
        self._context = max(self._context, link.capable.context_tokens)
        self._outgrew = len(request.messages)

    def _answered(self, link: Link, request: ModelRequest, reply: ModelReply) -> ModelReply:
        self._circuits.succeeded(link)
        before, self._spoke = self._spoke or self._links[0], link
        if before is not link:
            self._told(f"{before.name} → {link.name}: {self._reasons.get(before, 'it rests')}")
        self._reasons.clear()
        self._at = self._links.index(link)
        if reply.stop is StopReason.CONTEXT:
            self._is_full(link, request)
        said = reply.message.model_copy(update={"model": str(link.name)})
        return reply.model_copy(update={"message": said, "model": link.name.id})


class _Turn:
    """How often and how long one turn was tried, and why it failed."""

    def __init__(self, patience: Patience, clock: Clock, models: int) -> None:
        self._patience, self._clock, self._models = patience, clock, models
        self._attempts, self._waited = 0, 0.0
        self._last = ""

    def failed(self, error: ModelUnavailable) -> None:
        """Back off; the same error when the turn's patience is at an end, or when trying again costs money twice."""
        self._attempts += 1
        self._last = str(error)
        seconds = self._patience.backoff((self._attempts - 1) // self._models)
        if self._models == 1 and error.retry_after is not None:
            seconds = max(seconds, error.retry_after)
        if error.lost or self._attempts >= self._patience.attempts or not self._sleep(seconds):
            raise error

    def wait(self, until: float, links: Sequence[Link]) -> None:
        """until: seconds since 1970. ModelUnavailable when that is longer than patience goes."""
        seconds = max(0.0, until - self._clock.now().timestamp()) + self._patience.jitter()
        if not self._sleep(seconds):
            names = ", ".join(str(link.name) for link in links)
            why = f"; the last error: {self._last}" if self._last else ""
            raise ModelUnavailable(f"{names}: left alone after failing too often, for {seconds:.0f} more seconds{why}")

    def _sleep(self, seconds: float) -> bool:
        if self._waited + seconds > self._patience.seconds:
            return False
        self._waited += seconds
        self._clock.sleep(seconds)
        return True


def adapted(request: ModelRequest, link: Link) -> ModelRequest:
    """For this model: under its id, within its output, and without what others thought."""
    name = str(link.name)
    messages = tuple(_without_thoughts_of_others(message, name) for message in request.messages)
    limit = min(request.max_tokens, link.capable.max_output)
    return request.model_copy(update={"model": link.name.id, "messages": messages, "max_tokens": limit})


def _without_thoughts_of_others(message: Message, name: str) -> Message:
    others = message.opaque and message.model not in ("", name)
    return message.model_copy(update={"opaque": ()}) if others else message
