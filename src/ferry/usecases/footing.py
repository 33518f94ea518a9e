"""What a plan stands on: branches put in order, then everything that an approval will cover, read as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain import plan_md
from ferry.domain.approval import Approval
from ferry.domain.change import FileChange
from ferry.domain.discovery import Discovery
from ferry.domain.document import digest
from ferry.domain.errors import FerryError, NotApproved, NotFound, StaleHead, TransientError, VendorRefused
from ferry.domain.guidance import check_scope, words
from ferry.domain.held import Held
from ferry.domain.mandate import Mandate, Terms
from ferry.domain.plan import PlanRecord
from ferry.domain.step import discovery_key, mandate_key, plan_key, ticket_key
from ferry.domain.task import PullRequest
from ferry.domain.ticket import Ticket
from ferry.usecases.ticket_edits import standing
from ferry.usecases.world import World


@dataclass(frozen=True)
class Case:
    """One plan at the gate, with the documents that it was made from."""

    record: PlanRecord
    ticket: Ticket
    pulls: tuple[PullRequest, ...]


def load_case(task_id: str, revision: int, world: World) -> Case:
    key = plan_key(task_id, revision)
    return Case(
        PlanRecord.read(world.artifacts.get(key), key),
        Ticket.read(world.artifacts.get(ticket_key(task_id)), ticket_key(task_id)),
        tuple(world.store.pull_requests(task_id)),
    )


def in_scope(case: Case, world: World) -> Case:
    """The same case. PlanUnsound when it writes where neither discovery nor a person pointed, whoever planned it."""
    record, found = case.record, read_discovery(case.record.task_id, world)
    check_scope({*record.order, *record.plan.repositories}, found, words(world.gate.audit(record.task_id)[0]))
    return case


def read_discovery(task_id: str, world: World) -> Discovery | None:
    """None for a task that was planned without."""
    key = discovery_key(task_id)
    try:
        return Discovery.read(world.artifacts.get(key), key)
    except NotFound:
        return None


def footing(
    case: Case,
    opening: int,
    world: World,
    terms: Terms,
    calls: Sequence[str] = (),
    *,
    held: Sequence[Held] = (),
    patient: bool = False,
) -> Mandate:
    """Reads only. StaleHead when a branch of the task is gone. calls: as `standing`; held: changes that wait for
    permission; patient: a tracker that is away for now is a TransientError and no blank."""
    record = case.record
    return Mandate(
        task_id=record.task_id,
        revision=record.revision,
        opening=opening,
        plan=record.digest,
        bases={repo: _base(repo, world) for repo in record.order},
        heads={repo: _head(repo, record, world) for repo in record.order},
        paths={repo: tuple(sorted(record.plan.paths_of(repo))) for repo in record.order},
        discovery=_discovery(record.task_id, world),
        ticket=case.ticket.digest,
        ticket_now=_ticket_now(case, world, calls, patient=patient),
        budget_cents=terms.budget_cents,
        configuration=terms.agents,
        allowances=tuple(sorted(one.digest for one in held)),
    )


def read_mandate(approval: Approval, world: World) -> Mandate:
    """NotApproved when the document is not the one that was approved."""
    key = mandate_key(approval.task_id, approval.digest)
    mandate = Mandate.read(world.artifacts.get(key), key)
    if mandate.digest != approval.digest:
        raise NotApproved(f"{approval.task_id}: what was approved was changed afterwards; ask for approval again")
    return mandate


def put_in_order(case: Case, world: World) -> Case:
    """Each draft is brought up to its base, and PLAN.md is as Ferry wrote it; nobody's commit is taken away.

    What cannot be merged stays as it is, and the timeline says so.
    """
    for pull in case.pulls:
        if pull.repo in case.record.order:
            _put_in_order(pull, case, world)
    return load_case(case.record.task_id, case.record.revision, world)


def _put_in_order(pull: PullRequest, case: Case, world: World) -> None:
    base, head = _base(pull.repo, world), _head(pull.repo, case.record, world)
    if head != pull.head:
        head = _restored(pull, head, case, world)
    if base != pull.base:
        message = f"Bring in {base[:12]}\n\nFerry-Task: {case.record.task_id}"
        try:
            merged, why = world.forge.merge(pull.repo, pull.branch, base, message=message), "they conflict"
        except VendorRefused as refused:
            # For example an App without the permission `workflows`, when the base brings a change of one.
            merged, why = None, str(refused)
        if merged is None:
            detail = f"{pull.repo}: {base[:12]} could not be merged into {pull.branch}; {why}"
            world.store.add_event(case.record.task_id, "base not brought in", detail)
        head, base = merged or head, base if merged else pull.base
    if (head, base) != (pull.head, pull.base):
        world.store.put_pull_request(case.record.task_id, pull.model_copy(update={"head": head, "base": base}))


def _restored(pull: PullRequest, head: str, case: Case, world: World) -> str:
    """Head of the branch with our PLAN.md in it, whoever edited that meanwhile."""
    changed = {file.path for file in world.forge.compare(pull.repo, pull.head, head).files}
    if plan_md.PLAN_FILE not in changed:
        return head
    task_id = case.record.task_id
    detail = f"{pull.repo}: PLAN.md was edited at {head[:12]}; shown, not obeyed"
    world.store.add_event(task_id, "plan restored", detail)
    return world.forge.commit(
        pull.repo,
        pull.branch,
        parent=head,
        message=f"Put PLAN.md back as it was put before people\n\nFerry-Task: {task_id}",
        changes=(FileChange(plan_md.PLAN_FILE, plan_md.render(case.record, case.ticket).encode()),),
    )


def _ticket_now(case: Case, world: World, calls: Sequence[str], *, patient: bool) -> str:
    try:
        edits = standing(case.record.task_id, case.ticket, world, calls)
    except TransientError:
        if patient:
            raise
        return ""
    except FerryError:
        return ""
    return digest([[edit.comment, edit.after] for edit in edits])


def _discovery(task_id: str, world: World) -> str:
    """ "" for a task that was planned without."""
    found = read_discovery(task_id, world)
    return digest(found.dump()) if found else ""


def _base(repo: str, world: World) -> str:
    branch = world.forge.default_branch(repo)
    if head := world.forge.head(repo, branch):
        return head
    raise StaleHead(f"{repo}: its default branch {branch} has no commit")


def _head(repo: str, record: PlanRecord, world: World) -> str:
    if head := world.forge.head(repo, record.branch):
        return head
    raise StaleHead(f"{repo}: branch {record.branch} is gone; `python -m ferry resume {record.task_id}` plans again")
