"""Discovery: words rank every repository and its files; a model, where one is on, orders the best files once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.discovery.corpus import Care, corpus
from agents.discovery.rerank import rerank
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.trees import trees
from ferry.domain.discovery import Discovery
from ferry.domain.errors import NothingFound
from ferry.domain.guidance import Word, guided, named_alone, words
from ferry.domain.retrieval.discover import discover as discover_by_words
from ferry.domain.retrieval.index import Index
from ferry.domain.step import StepRequest, discovery_key, ticket_key
from ferry.domain.ticket import Ticket
from ferry.ports import Approvals, ArtifactStore, Clock, Forge, TaskStore

SET_ASIDE = "reranking set aside"


def discover(
    request: StepRequest,
    *,
    forge: Forge,
    artifacts: ArtifactStore,
    store: TaskStore,
    approvals: Approvals,
    clock: Clock,
    run: AgentRun | None,
    care: Care | None = None,
) -> dict[str, Any]:
    """Save ``discovery.json``; returns ``{"repositories", "complexity", "confidence"}``. run: None for no model.

    NothingFound when no repository has a word of the ticket and no person named one.
    """
    ticket = Ticket.read(artifacts.get(ticket_key(request.task_id)), ticket_key(request.task_id))
    said = words(approvals.audit(request.task_id)[0])
    corpus_now = corpus(forge, artifacts, clock, care)
    for repo, why in corpus_now.left_out.items():
        store.add_event(request.task_id, "left out", f"{repo} was not searched: {why}")
    for repo, why in corpus_now.old.items():
        store.add_event(request.task_id, "old index", f"{repo} was searched as it was: {why}")
    found = _by_words(ticket, tuple(corpus_now.indexes.values()), said)
    if run and any(repo.files for repo in found.repositories):
        with trees(forge, {name: index.sha for name, index in corpus_now.indexes.items()}) as files:
            found, aside = rerank(ticket, found, files, run)
        if aside:
            store.add_event(request.task_id, SET_ASIDE, f"the order by words stands: {aside}")
    artifacts.put(discovery_key(request.task_id), found.model_dump_json(by_alias=True).encode())
    return {
        "repositories": [repo.name for repo in found.repositories],
        "complexity": str(found.complexity),
        "confidence": guided(found, said).confidence,
    }


def _by_words(ticket: Ticket, indexes: Sequence[Index], said: Sequence[Word]) -> Discovery:
    try:
        return discover_by_words(ticket.title, ticket.text, indexes)
    except NothingFound:
        if not said:
            raise
        return named_alone(said)
