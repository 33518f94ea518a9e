"""Around a model call: what it may cost is reserved before, and what it did cost is written after."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from ferry.agentkit.budget import Meter
from ferry.agentkit.messages import ModelReply, ModelRequest, StopReason
from ferry.agentkit.scale import Scale
from ferry.domain.errors import BudgetExceeded, FerryError, ModelUnavailable, VendorRefused
from ferry.domain.ledger import PURPOSE, LedgerEntry, Price, Usage
from ferry.domain.spending import Hold

if TYPE_CHECKING:
    from ferry.agentkit.loop import AgentRun

# A shorter answer would hardly hold a thought, and thinking counts as answer.
LEAST_ANSWER = 1024
LOST_ANSWERS = 2
"""How many lost answers of one conversation are asked for again; each was charged as its reservation."""


class Till:
    """Of one conversation. Whoever asks gets an answer that is paid for, or an error; the ledger knows either."""

    def __init__(self, run: AgentRun, meter: Meter) -> None:
        self._run, self._meter, self._scale = run, meter, Scale()
        self._lost = 0

    def ask(self, request: ModelRequest) -> ModelReply:
        """BudgetExceeded before anything is spent that a budget has not; and whatever the model raises."""
        while True:
            hold, allowed = self._reserved(request)
            try:
                reply = self._run.model.reply(allowed)
            except BaseException as error:
                if not _may_be_paid(error):
                    self._run.purse.release(hold)
                    raise
                self._settle(hold, hold.lost)
                if not isinstance(error, ModelUnavailable) or self._lost >= LOST_ANSWERS:
                    raise
                self._lost += 1
                self._run.clock.sleep(2**self._lost)
                self._meter.check(self._run.clock.now())
                continue
            self._pay(hold, allowed, reply)
            if reply.stop is StopReason.MAX_TOKENS and allowed.max_tokens < request.max_tokens:
                raise BudgetExceeded(
                    f"the last answer was cut after {allowed.max_tokens} tokens, which was all that the budgets left; "
                    f"`/agent raise {self._run.labels.get('task', '<task>')} <dollars>` lets it go on"
                )
            return reply

    def _reserved(self, request: ModelRequest) -> tuple[Hold, ModelRequest]:
        """The request with as long an answer as the budgets allow."""
        asked, least = self._scale.weigh(request), min(LEAST_ANSWER, request.max_tokens)
        while True:
            tokens = max(least, min(request.max_tokens, self._affordable(asked, request.max_tokens)))
            money = max(price.most(asked, tokens) for price in self._prices)
            self._meter.afford(money)
            try:
                hold = self._run.purse.reserve(self._entry(request, Usage(), money, lost=True))
            except BudgetExceeded:
                # Somebody else drew on it since; less may still be there.
                if tokens == least or self._affordable(asked, request.max_tokens) >= tokens:
                    raise
            else:
                return hold, request.model_copy(update={"max_tokens": tokens})

    @property
    def _prices(self) -> list[Price]:
        run = self._run
        return [run.prices.price_of(model) for model in (run.model_id, *run.fallbacks)]

    def _affordable(self, asked: int, most: int) -> int:
        """Tokens of answer, -1 or less when not even the question can be paid for."""
        room = self._run.purse.room()
        money = self._meter.room if room is None else min(room, self._meter.room)
        found = (price.affords(asked, money) for price in self._prices)
        return min(most if tokens is None else tokens for tokens in found)

    def _pay(self, hold: Hold, request: ModelRequest, reply: ModelReply) -> None:
        run, model = self._run, reply.model or self._run.model_id
        used = reply.usage
        if not used.asked:
            # A server that does not count must not be free.
            self._settle(hold, hold.lost.model_copy(update={"lost": False, "milliseconds": reply.milliseconds}))
            return
        if not run.fallbacks:
            # Another model counts otherwise, and nobody knows before which one will answer next.
            self._scale.learn(request, reply, used.asked)
        entry = self._entry(request, used, run.prices.cost(model, used), model=model)
        self._settle(hold, entry.model_copy(update={"milliseconds": reply.milliseconds}))

    def _settle(self, hold: Hold, entry: LedgerEntry) -> None:
        self._meter.add(entry.usage, entry.micro_dollars)
        self._run.purse.settle(hold, entry.model_copy(update={"reserved": hold.micro_dollars}))

    def _entry(
        self, request: ModelRequest, usage: Usage, money: int, *, model: str = "", lost: bool = False
    ) -> LedgerEntry:
        run = self._run
        return LedgerEntry(
            at=run.clock.now().astimezone(UTC).isoformat(),
            step=run.labels["agent"],
            attempt=int(run.labels.get("attempt", "1")),
            model=model or run.model_id,
            usage=usage,
            milliseconds=0,
            micro_dollars=money,
            prices=run.prices.version,
            repo=run.labels.get("repo", ""),
            item=run.labels.get("item", ""),
            lost=lost,
            purpose=request.metadata.get(PURPOSE, ""),
        )


def _may_be_paid(error: BaseException) -> bool:
    """An answer that a vendor made and nobody read costs as much as one that was."""
    if isinstance(error, ModelUnavailable):
        return error.lost
    if isinstance(error, VendorRefused):
        return error.status is not None and error.status < 300
    return not isinstance(error, FerryError)
