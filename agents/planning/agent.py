"""Planning: one conversation makes the plan, mechanics make it sound, and draft pull requests put it before people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.planning.announce import announce
from agents.planning.checks import check
from agents.planning.lessons import lessons_for
from agents.planning.people import CodeOwners, code_owners, for_people
from agents.planning.publish import publish
from agents.planning.tools.list_files import list_files
from ferry.agentkit.conventions import Given, applying_to, read_conventions, told
from ferry.agentkit.lessons import shown
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.prompt import Prompt, render
from ferry.agentkit.tools.read_repository_file import read_repository_file
from ferry.agentkit.trees import trees
from ferry.agentkit.untrusted import block
from ferry.domain.conventions import Convention
from ferry.domain.discovery import Discovery
from ferry.domain.errors import NotFound
from ferry.domain.guidance import guided, words
from ferry.domain.lesson import Lesson
from ferry.domain.naming import branch_name
from ferry.domain.plan import Plan, PlanRecord, settled
from ferry.domain.step import StepRequest, discovery_key, plan_key, ticket_key
from ferry.domain.ticket import Ticket
from ferry.ports import Approvals, ArtifactStore, Forge, IssueTracker, Memory, TaskStore

PROMPT = Path(__file__).with_name("prompt.md")


class Planned(Plan):
    """Hand in the plan."""


@dataclass(frozen=True)
class Desk:
    """branch_pattern: the organisation's rule for branches; budget_cents: ceiling of the whole task."""

    forge: Forge
    artifacts: ArtifactStore
    store: TaskStore
    approvals: Approvals
    tracker: IssueTracker
    run: AgentRun
    branch_pattern: str
    budget_cents: int
    memory: Memory


def plan(request: StepRequest, desk: Desk) -> dict[str, Any]:
    """Save ``plan-<revision>.json``, open or update the drafts, tell the ticket; safe to repeat.

    Returns ``{"revision", "digest", "repositories"}``, repositories in merge order. PlanUnsound, InvalidSettings,
    StaleHead, and what a conversation may raise.
    """
    ticket = Ticket.read(desk.artifacts.get(ticket_key(request.task_id)), ticket_key(request.task_id))
    record = _saved(request, ticket, desk) or _made(request, ticket, desk)
    pulls = publish(record, ticket, forge=desk.forge, store=desk.store)
    announce(record, ticket, pulls, store=desk.store, tracker=desk.tracker)
    return {"revision": record.revision, "digest": record.digest, "repositories": list(record.order)}


def _saved(request: StepRequest, ticket: Ticket, desk: Desk) -> PlanRecord | None:
    """The plan of an attempt that got this far for the same request: thinking is paid for once."""
    try:
        record = _record(request.task_id, request.revision, desk)
    except NotFound:
        return None
    asked = (ticket.digest, request.feedback, desk.budget_cents)
    return record if (record.ticket, record.feedback, record.budget_cents) == asked else None


def _made(request: StepRequest, ticket: Ticket, desk: Desk) -> PlanRecord:
    key = discovery_key(request.task_id)
    found = Discovery.read(desk.artifacts.get(key), key)
    discovery = guided(found, words(desk.approvals.audit(request.task_id)[0]))
    # A setting that cannot work must not cost a conversation first.
    branch = branch_name(desk.branch_pattern, ticket, desk.store.task(request.task_id).run)
    bases = _bases(request.task_id, discovery, desk)
    lessons = lessons_for(request.task_id, ticket, discovery, memory=desk.memory, store=desk.store)
    answer, owners, conventions = _planned(request, ticket, discovery, bases, lessons, desk)
    order, against = settled(answer.repositories, discovery.dependencies)
    record = PlanRecord(
        task_id=request.task_id,
        revision=request.revision,
        plan=for_people(answer, owners, against),
        ticket=ticket.digest,
        bases={repo: bases[repo] for repo in order},
        order=order,
        branch=branch,
        budget_cents=desk.budget_cents,
        feedback=request.feedback,
        conventions=conventions,
        lessons=lessons,
    )
    desk.artifacts.put(plan_key(record.task_id, record.revision), record.model_dump_json(by_alias=True).encode())
    return record


def _bases(task_id: str, discovery: Discovery, desk: Desk) -> dict[str, str]:
    """Heads of the default branches now; a repository whose draft is open stays where its branch began."""
    begun = {pull.repo: pull.base for pull in desk.store.pull_requests(task_id)}
    return {repo.name: begun.get(repo.name) or _head(repo.name, desk.forge) for repo in discovery.repositories}


def _head(repo: str, forge: Forge) -> str:
    if head := forge.head(repo, forge.default_branch(repo)):
        return head
    raise NotFound(f"{repo}: no commit on its default branch")


def _planned(
    request: StepRequest,
    ticket: Ticket,
    discovery: Discovery,
    bases: Mapping[str, str],
    lessons: Sequence[Lesson],
    desk: Desk,
) -> tuple[Plan, CodeOwners, tuple[Convention, ...]]:
    before = _record(request.task_id, request.revision - 1, desk) if request.revision > 1 else None
    said = "\n".join((ticket.title, ticket.text, request.feedback))
    with trees(desk.forge, bases) as place:
        given = read_conventions(
            place, {repo.name: [file.path for file in repo.files] for repo in discovery.repositories}
        )
        prompt = prompt_for(request, ticket, discovery, before, given, lessons)
        answer = converse(
            desk.run,
            system=prompt.system,
            shared=prompt.shared,
            prompt=prompt.user,
            tools=(list_files(place), read_repository_file(place)),
            result=Planned,
            check=lambda answer: check(answer, tuple(bases), discovery.dependencies, said),
        )
        return answer, code_owners(answer, place), applying_to(answer, given, place)


def prompt_for(
    request: StepRequest,
    ticket: Ticket,
    discovery: Discovery,
    before: PlanRecord | None,
    given: Given = (),
    lessons: Sequence[Lesson] = (),
) -> Prompt:
    return render(
        PROMPT,
        revision=str(request.revision),
        repositories=", ".join(repo.name for repo in discovery.repositories),
        conventions=told(given),
        lessons=shown(lessons),
        ticket=block("ticket", f"{ticket.key}: {ticket.title}\n\n{ticket.text}"),
        discovery=block("discovery", _json(discovery.dump())),
        changes=_changes(before, request.feedback) if before else "",
    )


def _changes(before: PlanRecord, feedback: str) -> str:
    plan_before, asked = block("plan", _json(before.plan.dump())), block("feedback", feedback or "(no words)")
    return f"Your plan before this one:\n{plan_before}\n\nWhat the approver asks you to change:\n{asked}"


def _record(task_id: str, revision: int, desk: Desk) -> PlanRecord:
    key = plan_key(task_id, revision)
    return PlanRecord.read(desk.artifacts.get(key), key)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)
