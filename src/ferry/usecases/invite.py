"""Where the policy takes decisions beside Slack, the request is told there too: its digest, and how to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ferry.domain import pr_body
from ferry.domain.approval import Approval
from ferry.domain.errors import FerryError
from ferry.domain.mandate import Mandate
from ferry.domain.messages.answers import request_on_pull, request_on_ticket
from ferry.domain.policy import Policy
from ferry.domain.triggers.slack import DIGEST_SHOWN
from ferry.usecases.footing import Case
from ferry.usecases.world import World

INVITED = "approval requested elsewhere"


def invite(
    approval: Approval, case: Case, mandate: Mandate, policy: Policy, mentions: Sequence[str], world: World
) -> None:
    """Once per request and place; what cannot be told is noted and stops nothing. mentions: the first is shown."""
    if "jira" in policy.channels:
        text = request_on_ticket(approval, case.record, case.pulls, mandate.budget_cents, mentions[0])
        _once(approval, case.ticket.key, lambda: world.tracker.comment(case.ticket.key, text), world)
    if "github" in policy.channels:
        for pull in case.pulls:
            asks = request_on_pull(approval, mandate.heads.get(pull.repo, ""), mentions[0])
            body = pr_body.render(case.record, case.ticket, case.pulls, pull.repo, (), asks)
            place = f"{pull.repo}#{pull.number}"
            _once(approval, place, _update(pull.repo, pull.number, body, world), world)


def _update(repo: str, number: int, body: str, world: World) -> Callable[[], None]:
    return lambda: world.forge.update_pull_request(repo, number, body=body)


def _once(approval: Approval, place: str, tell: Callable[[], None], world: World) -> None:
    task_id = approval.task_id
    detail = f"{place}: plan {approval.revision}, digest {approval.digest[:DIGEST_SHOWN]}"
    if any((line.kind, line.detail) == (INVITED, detail) for line in world.store.events(task_id)):
        return
    try:
        tell()
    except FerryError as error:
        world.store.add_event(task_id, "notice failed", f"{place} was not told how to answer: {error}")
    else:
        world.store.add_event(task_id, INVITED, detail)
