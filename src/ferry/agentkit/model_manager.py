"""`LanguageModel` over all configured models: each agent's chain, one memory per conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ferry.agentkit.messages import ModelReply, ModelRequest
from ferry.agentkit.model_chain import Link, ModelChain, Patience
from ferry.agentkit.model_circuits import Circuits
from ferry.domain.document import digest
from ferry.domain.ledger import PURPOSE
from ferry.domain.model_chain import ModelChains, ModelName
from ferry.ports import Clock, ModelHealth

SWITCHED = "model switched"
REMEMBERED = 64
# A person waits for this one, and its function ends after three minutes.
HURRIED = {"slack": Patience(attempts=4, seconds=30)}


class ModelManager:
    """link: makes the adapter of a model, once; event: keeps a line (task, kind, detail) in a task's timeline.

    Whose chain it is says the request's metadata ``agent``; all of its metadata but the purpose names the conversation.
    """

    def __init__(
        self,
        chains: ModelChains,
        link: Callable[[ModelName], Link],
        health: ModelHealth,
        clock: Clock,
        *,
        event: Callable[[str, str, str], object] = lambda task, kind, detail: None,
        patience: Patience | None = None,
    ) -> None:
        self._chains, self._link, self._clock, self._event = chains, link, clock, event
        self._circuits, self._patience = Circuits(health, clock), patience
        self._links: dict[ModelName, Link] = {}
        self._conversations: dict[str, ModelChain] = {}

    def reply(self, request: ModelRequest) -> ModelReply:
        """As `ModelChain.reply`."""
        return self._conversation(request).reply(request)

    def _conversation(self, request: ModelRequest) -> ModelChain:
        name = digest({label: value for label, value in request.metadata.items() if label != PURPOSE})
        begins = all(message.role == "user" for message in request.messages)
        chain = self._conversations.pop(name, None)
        if chain is None or (begins and chain.answered):
            chain = self._chain(request.metadata)
        self._conversations[name] = chain
        while len(self._conversations) > REMEMBERED:
            del self._conversations[next(iter(self._conversations))]
        return chain

    def _chain(self, labels: Mapping[str, str]) -> ModelChain:
        agent, task = labels.get("agent", ""), labels.get("task", "")

        def told(switch: str) -> None:
            if task:
                self._event(task, SWITCHED, f"{agent}: {switch}")

        links = [self._linked(name) for name in self._chains.of(agent)]
        return ModelChain(links, self._circuits, self._clock, patience=self._patience or HURRIED.get(agent), told=told)

    def _linked(self, name: ModelName) -> Link:
        if name not in self._links:
            self._links[name] = self._link(name)
        return self._links[name]
