"""Sentry: the latest event of an error is read, words point at files, a model says what went wrong and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from agents.sentry.tools.find_file import find_file
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.prompt import Prompt, render
from ferry.agentkit.tool import ToolError
from ferry.agentkit.untrusted import block
from ferry.domain.incident import Analysis, ErrorEvent, ErrorIssue, analysis_key, fingerprint, stack_trace
from ferry.domain.retrieval.find import find
from ferry.domain.retrieval.index import Index
from ferry.domain.step import StepRequest
from ferry.ports import ArtifactStore, ErrorTracker, Forge
from ferry.usecases.indexes import stored_indexes

PROMPT = Path(__file__).with_name("prompt.md")
MOST = 10


class Found(Analysis):
    """Hand in what went wrong, why, and in which files a person should look first, the likeliest first."""


def analyse(
    request: StepRequest, *, errors: ErrorTracker, forge: Forge, artifacts: ArtifactStore, run: AgentRun
) -> dict[str, Any]:
    """Save ``analysis.json``; returns ``{"suspects"}``. What trackers and a conversation may raise flies."""
    issue, event = errors.issue(request.issue), errors.latest_event(request.issue)
    indexes, _ = stored_indexes(forge, artifacts)
    analysis = _explained(issue, event, indexes, run)
    artifacts.put(analysis_key(fingerprint(request.issue)), analysis.model_dump_json().encode())
    return {"suspects": [f"{one.repo} {one.path}" for one in analysis.suspects]}


def _explained(issue: ErrorIssue, event: ErrorEvent, indexes: Mapping[str, Index], run: AgentRun) -> Analysis:
    def check(answer: Analysis) -> None:
        if faults := list(_strangers(answer, indexes)):
            raise ToolError("; ".join(faults))

    prompt = prompt_for(issue, event, tuple(indexes.values()))
    tools = (find_file(tuple(indexes.values())),)
    answer = converse(run, system=prompt.system, prompt=prompt.user, tools=tools, result=Found, check=check)
    suspects = tuple(one.model_copy(update={"known": one.repo in indexes}) for one in answer.suspects)
    return Analysis(**{**dict(answer), "suspects": suspects})


def prompt_for(issue: ErrorIssue, event: ErrorEvent, indexes: Sequence[Index]) -> Prompt:
    facts = [
        f"{issue.short_id}: {issue.title}",
        f"in {issue.culprit}, project {issue.project}, level {issue.level}",
        f"seen {issue.events} times in 24 hours, users affected: {issue.users}",
        f"latest event: {event.at}, environment {event.environment}, release {event.release or 'unknown'}",
    ]
    return render(
        PROMPT,
        error=block("error", "\n".join(facts)),
        trace=block("trace", stack_trace(event)),
        ranking=block("ranking", "\n".join(_ranking(issue, event, indexes)) or "(no repository is indexed yet)"),
    )


def _ranking(issue: ErrorIssue, event: ErrorEvent, indexes: Sequence[Index]) -> Iterable[str]:
    hits = find(f"{issue.title} {issue.culprit}", stack_trace(event), indexes, MOST)
    return (f"{hit.repo} {hit.path} ({hit.kind}): {'; '.join(hit.evidence)}" for hit in hits)


def _strangers(answer: Analysis, indexes: Mapping[str, Index]) -> Iterable[str]:
    """Only where an index is there can it be said that a file is not."""
    for one in answer.suspects:
        if one.repo in indexes and one.path not in indexes[one.repo].paths:
            yield f"suspects: {one.repo} has no file {one.path}"
