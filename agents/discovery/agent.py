"""Discovery: words rank every repository, then a model reads, ranks again and explains; what was proved stays."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agents.discovery.corpus import Care, Corpus, corpus, unknown
from agents.discovery.tools.search_code import search_code
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.prompt import Prompt, render
from ferry.agentkit.tool import ToolError
from ferry.agentkit.tools.read_repository_file import read_repository_file
from ferry.agentkit.trees import Trees, trees
from ferry.agentkit.untrusted import block
from ferry.domain.discovery import Dependency, Discovery, RankedRepository
from ferry.domain.errors import PlanUnsound
from ferry.domain.plan import merge_order
from ferry.domain.retrieval.dependencies import manifest_edges, merged, touching
from ferry.domain.retrieval.discover import discover as discover_by_words
from ferry.domain.step import StepRequest, discovery_key, ticket_key
from ferry.domain.ticket import Ticket
from ferry.ports import ArtifactStore, Forge, TaskStore

PROMPT = Path(__file__).with_name("prompt.md")


class Found(Discovery):
    """Hand in what the ticket is about: repositories and files, best first, and how the repositories depend."""


def discover(
    request: StepRequest,
    *,
    forge: Forge,
    artifacts: ArtifactStore,
    store: TaskStore,
    run: AgentRun,
    care: Care | None = None,
) -> dict[str, Any]:
    """Save ``discovery.json``; returns ``{"repositories", "complexity"}``.

    NothingFound when no repository has a word of the ticket, and what a conversation may raise.
    """
    ticket = Ticket.read(artifacts.get(ticket_key(request.task_id)), ticket_key(request.task_id))
    found = corpus(forge, artifacts, run.clock, care)
    for repo, why in found.left_out.items():
        store.add_event(request.task_id, "left out", f"{repo} was not searched: {why}")
    for repo, why in found.old.items():
        store.add_event(request.task_id, "old index", f"{repo} was searched as it was: {why}")
    with trees(forge, {name: index.sha for name, index in found.indexes.items()}) as files:
        discovery = _explained(ticket, found, files, run)
    artifacts.put(discovery_key(request.task_id), discovery.model_dump_json(by_alias=True).encode())
    return {"repositories": [repo.name for repo in discovery.repositories], "complexity": str(discovery.complexity)}


def _explained(ticket: Ticket, found: Corpus, files: Trees, run: AgentRun) -> Discovery:
    """The model's answer, best first, with every dependency that a manifest shows."""
    indexes = tuple(found.indexes.values())
    by_words = discover_by_words(ticket.title, ticket.text, indexes)
    edges = manifest_edges(indexes)

    def complete(answer: Discovery) -> Discovery:
        names = [repo.name for repo in answer.repositories]
        ranked = tuple(sorted(answer.repositories, key=lambda repo: -repo.relevance))
        dependencies = merged(answer.dependencies, touching(edges, names))
        return Discovery(**{**dict(answer), "repositories": ranked, "dependencies": dependencies})

    def check(answer: Discovery) -> None:
        faults = [*_faults_of_repositories(answer, found), *_faults_of_dependencies(answer, found)]
        if faults:
            raise ToolError("; ".join(faults))
        circle = _circle(found, complete(answer).dependencies)
        # Manifests that require each other are not the model's to mend; planning tells a person.
        if circle and not _circle(found, edges):
            raise ToolError(circle)

    prompt = prompt_for(ticket, by_words)
    tools = (search_code(indexes), read_repository_file(files))
    return complete(converse(run, system=prompt.system, prompt=prompt.user, tools=tools, result=Found, check=check))


def prompt_for(ticket: Ticket, by_words: Discovery) -> Prompt:
    return render(
        PROMPT,
        ticket=block("ticket", f"{ticket.key}: {ticket.title}\n\n{ticket.text}"),
        ranking=block("ranking", "\n".join(_lines(by_words))),
    )


def _lines(by_words: Discovery) -> Iterable[str]:
    for repo in by_words.repositories:
        yield f"{repo.name} (relevance {repo.relevance})"
        yield from (f"  {file.path} ({file.kind}, {file.relevance})" for file in repo.files)
        yield from (f"  evidence: {line}" for line in repo.evidence)
    for edge in by_words.dependencies:
        yield f"{edge.from_} needs {edge.to}: {edge.description}"


def _faults_of_repositories(answer: Discovery, found: Corpus) -> Iterable[str]:
    names = [repo.name for repo in answer.repositories]
    if len(set(names)) < len(names):
        yield "repositories: each may be named once"
    for repo in answer.repositories:
        if repo.name not in found.indexes:
            yield f"repositories: {unknown(repo.name, tuple(found.indexes))}"
        elif strange := _strange_paths(repo, found):
            yield f"repositories: {repo.name} has no file {', '.join(strange)}"


def _strange_paths(repo: RankedRepository, found: Corpus) -> list[str]:
    there = set(found.indexes[repo.name].paths)
    return [file.path for file in repo.files if file.path not in there]


def _circle(found: Corpus, dependencies: Iterable[Dependency]) -> str:
    """Which repositories need each other in a circle, for a model; empty when none do."""
    try:
        merge_order(tuple(found.indexes), dependencies)
    except PlanUnsound as error:
        return str(error)
    return ""


def _faults_of_dependencies(answer: Discovery, found: Corpus) -> Iterable[str]:
    for edge in answer.dependencies:
        for name in (edge.from_, edge.to):
            if name not in found.indexes:
                yield f"dependencies: {unknown(name, tuple(found.indexes))}"
        if edge.from_ == edge.to:
            yield f"dependencies: {edge.from_} cannot need itself"
