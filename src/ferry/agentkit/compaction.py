"""A conversation that grows too long is shortened: the model is asked for a summary, as one more turn of the same
conversation, so that all before it is read from the cache. Where none can be had, one line per call takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ferry.agentkit.budget import Meter
from ferry.agentkit.lasting import Lasting
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason
from ferry.agentkit.screen import Screen
from ferry.agentkit.text import cut
from ferry.agentkit.till import Till
from ferry.agentkit.transcript import Transcript
from ferry.agentkit.untrusted import block
from ferry.agentkit.window import Window, fitted
from ferry.domain.errors import (
    BudgetExceeded,
    ContextExceeded,
    GuardrailBlocked,
    ModelRefused,
    ModelUnavailable,
    VendorRefused,
    VendorUnavailable,
)
from ferry.domain.ledger import PURPOSE, SUMMARY

if TYPE_CHECKING:
    from ferry.agentkit.loop import AgentRun

SHORTENED = "conversation shortened"
ANSWER, STEPS = 4096, 3
"""Of a summary, thinking included; and how many calls must be left for one to be worth its money."""
ASK = (
    "Stop here for one turn and call no tool. This conversation is about to be shortened: all turns but the newest are "
    "left out, and your answer to this takes their place. Write for yourself, in at most 500 words: what you found "
    "out, with names of files, functions and values to the letter; what you decided and why; what you tried that did "
    "not work; what is done; what is left to do, in order. No code that is in the files already."
)
_NO_SUMMARY = (BudgetExceeded, ContextExceeded, GuardrailBlocked, ModelRefused, ModelUnavailable, VendorRefused,
               VendorUnavailable)  # fmt: skip


class Compaction:
    """Of one conversation. forgotten: hears which turns the model cannot see any more."""

    def __init__(
        self,
        run: AgentRun,
        till: Till,
        meter: Meter,
        screen: Screen,
        transcript: Transcript,
        forgotten: Callable[[Sequence[Message]], object],
    ) -> None:
        self._run, self._till, self._meter, self._screen = run, till, meter, screen
        self._transcript, self._forgotten = transcript, forgotten
        self._room = run.context.room(run.max_tokens)
        self._window, self._lasting = Window(self._room), Lasting()
        self._first: Message | None = None

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is sent next."""
        return self._window.messages

    def add(self, message: Message) -> None:
        self._first = self._first or message
        self._lasting.look(message)
        self._window.add(fitted(message, self._room))

    def learn(self, request: ModelRequest, reply: ModelReply) -> None:
        self._window.learn(request, reply)

    def fits(self, request: ModelRequest) -> bool:
        """False when it would pass the window, and what is sent was shortened."""
        if not self._window.is_passed_by(request):
            return True
        self._shorten(request, self._window.older(), *self._summary(request))
        return False

    def relieve(self, request: ModelRequest, why: str) -> bool:
        """The model has no room for `request`: whether what is sent could be shortened, without asking it."""
        older = self._window.older(but_one=True)
        if older:
            self._shorten(request, older, "", why)
        return bool(older)

    def _summary(self, request: ModelRequest) -> tuple[str, str]:
        """The summary, or why there is none."""
        if self._meter.steps_left < STEPS:
            return "", "few calls are left"
        try:
            reply = self._till.ask(_asking(request))
            said = self._screen.outgoing(reply.message)
            self._screen.incoming(Message(role="user", text=block("summary", said.text)))
        except _NO_SUMMARY as error:
            return "", f"{type(error).__name__}: {cut(str(error), 300)}"
        if reply.stop is not StopReason.END or said.calls or not said.text.strip():
            return "", f"the model did not summarise ({reply.stop})"
        return cut(said.text), ""

    def _shorten(self, request: ModelRequest, older: tuple[Message, ...], summary: str, why: str) -> None:
        assert self._first is not None  # noqa: S101  there are older turns
        told, before = self._told(older, summary), self._window.tokens_of(request)
        self._window.leave_out(older, self._first.model_copy(update={"text": f"{self._first.text}\n\n{told}"}))
        self._forgotten(older)
        after = self._window.tokens_of(request.model_copy(update={"messages": self.messages}))
        by = f"one line per call took their place ({why})" if why else "a summary took their place"
        detail = f"{len(older) // 2} turns were left out, about {before} tokens became {after}; {by}"
        self._transcript.shortened(left_out=len(older), kept=len(self.messages) - 1, what=detail, told=told)
        self._run.tell(SHORTENED, " ".join([*self._places, detail]))

    def _told(self, older: tuple[Message, ...], summary: str) -> str:
        """Screened like all that goes to a model."""
        self._lasting.left_out(older, summary)
        return self._screen.incoming(Message(role="user", text=self._lasting.words())).text

    @property
    def _places(self) -> list[str]:
        labels = self._run.labels
        return [f"{name} {labels[name]}" if name == "attempt" else labels[name]
                for name in ("agent", "repo", "item", "attempt") if name in labels]  # fmt: skip


def _asking(request: ModelRequest) -> ModelRequest:
    """Nothing of it is cached but what was before: it is never sent again."""
    last = request.messages[-1]
    asked = last.model_copy(update={"text": f"{last.text}\n\n{ASK}" if last.text else ASK})
    return request.model_copy(
        update={
            "messages": (*request.messages[:-1], asked),
            "max_tokens": min(request.max_tokens, ANSWER),
            "metadata": {**request.metadata, PURPOSE: SUMMARY},
            "goes_on": False,
        }
    )
