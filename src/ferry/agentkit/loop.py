"""The agent loop, once: think, act, observe, until somebody raises. Every stop is an exception."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from ferry.agentkit.breaker import CHANGES, TRIES, Breaker
from ferry.agentkit.budget import Budget, Meter
from ferry.agentkit.compaction import Compaction
from ferry.agentkit.executor import Executor
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolCall, ToolResult
from ferry.agentkit.purse import Purse
from ferry.agentkit.result import NAME, SubmitResult, Submitted
from ferry.agentkit.screen import Screen, Tell
from ferry.agentkit.text import cut
from ferry.agentkit.till import Till
from ferry.agentkit.tool import AnyTool
from ferry.agentkit.transcript import Transcript
from ferry.domain.context import Context
from ferry.domain.errors import ContextExceeded, ModelRefused
from ferry.domain.ledger import PriceTable
from ferry.ports import Clock, Guardrail, LanguageModel

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class AgentRun:
    """What a conversation needs. purse: of all whom its calls are paid by; journal: keeps the transcript so far (JSON);
    labels: agent, task, repo, item, attempt, revision, … — sent with each request and written in the ledger;
    fallbacks: models that may answer in place of `model_id`; tell: writes kind and detail where people read them;
    still_wanted: raises NobodyWaits once the step is stopped; context: how much of the conversation is sent."""

    model: LanguageModel
    model_id: str
    prices: PriceTable
    clock: Clock
    budget: Budget
    purse: Purse
    journal: Callable[[bytes], None]
    labels: Mapping[str, str]
    max_tokens: int = 8192
    fallbacks: tuple[str, ...] = ()
    tell: Tell = lambda kind, detail: None
    guardrail: Guardrail | None = None
    still_wanted: Callable[[], object] = lambda: None
    context: Context = Context()


def converse(
    run: AgentRun,
    *,
    system: str,
    prompt: str,
    tools: Sequence[AnyTool],
    result: type[R],
    shared: str = "",
    check: Callable[[R], object] = lambda _: None,
) -> R:
    """Talk until the model submits a valid `result`. shared: what the prompt begins with in other conversations too;
    check: raises ToolError when a well-formed one is still wrong.

    BudgetExceeded, NoProgress, NoResult, ModelRefused, whatever the model port raises, and whatever a tool raises but
    ToolError.
    """
    talk = _Conversation(run, system, tools, SubmitResult(result, check))
    talk.observe(Message(role="user", shared=shared, text=prompt))
    while True:
        try:
            talk.observe(talk.act(talk.think()))
        except Submitted as done:
            talk.transcript.end = "submitted"
            return result.model_validate(done.result)
        except Exception as error:
            talk.transcript.end = f"{type(error).__name__}: {error}"
            raise
        finally:
            run.journal(talk.transcript.to_json())


class _Conversation:
    def __init__(self, run: AgentRun, system: str, tools: Sequence[AnyTool], submit: SubmitResult[R]) -> None:
        self.transcript = Transcript(run.model_id, run.labels, system)
        self._run = run
        self._ask_again = submit.ask_again
        self._tools: dict[str, AnyTool] = {tool.spec.name: tool for tool in (*tools, submit)}
        self._screen = Screen(run.tell, run.guardrail)
        self._executor = Executor(self._tools, self._screen, run.clock, run.still_wanted)
        self._specs = tuple(tool.spec for tool in self._tools.values())
        self._meter = Meter(run.budget, run.clock.now())
        self._till = Till(run, self._meter)
        self._breaker = Breaker(bool((CHANGES | TRIES) & self._tools.keys()))
        self._sent = Compaction(run, self._till, self._meter, self._screen, self.transcript, self._breaker.forget)

    def think(self) -> ModelReply:
        reply = self._ask()
        said = self._screen.outgoing(reply.message)
        # Vendors refuse an empty turn in the history.
        self._add(said if said.text or said.calls else said.model_copy(update={"text": "(no answer)"}))
        return reply

    def _ask(self) -> ModelReply:
        """A conversation that has grown too long is shortened and asked again, as long as that helps."""
        while True:
            self._meter.check(self._run.clock.now())
            if not self._sent.fits(request := self._request()):
                continue
            try:
                reply = self._till.ask(request)
            except ContextExceeded as error:
                if not self._sent.relieve(request, str(error)):
                    raise
                continue
            if reply.stop is StopReason.CONTEXT and self._sent.relieve(request, "the answer had no room"):
                continue
            self._sent.learn(request, reply)
            return reply

    def act(self, reply: ModelReply) -> Message:
        calls = reply.message.calls
        if reply.stop is StopReason.REFUSED:
            why = f" ({reply.said})" if reply.said else ""
            raise ModelRefused(f"the model declined{why}: {cut(reply.message.text, 500) or 'it gave no reason'}")
        if reply.stop in (StopReason.MAX_TOKENS, StopReason.CONTEXT, StopReason.MALFORMED):
            why = self._ask_again(f"your last turn was cut or malformed ({reply.stop}); nothing of it was done")
            return _answer_all(calls, why)
        if not calls:
            return Message(role="user", text=self._ask_again(f"you stopped without calling {NAME}"))
        return Message(role="user", results=self._executor.run(calls))

    def observe(self, message: Message) -> None:
        self._add(self._screen.incoming(message))
        self._breaker.look(self.transcript.messages)

    def _add(self, message: Message) -> None:
        self.transcript.add(message)
        self._sent.add(message)

    def _request(self) -> ModelRequest:
        return ModelRequest(
            model=self._run.model_id,
            system=self.transcript.system,
            messages=self._sent.messages,
            tools=self._specs,
            max_tokens=self._run.max_tokens,
            metadata=self._run.labels,
            goes_on=self._run.budget.steps > 1,
            ttl=self._run.context.ttl,
        )


def _answer_all(calls: Sequence[ToolCall], why: str) -> Message:
    """Every call must get a result, or vendors refuse the next turn."""
    if not calls:
        return Message(role="user", text=why)
    return Message(role="user", results=tuple(ToolResult(id=call.id, text=why, failed=True) for call in calls))
