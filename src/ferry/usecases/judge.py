"""The policy, asked about one request: facts of the plan and members of groups are read as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ferry.domain.approval import Approval, Ballot, Decision, Vote
from ferry.domain.ceiling import raised_cents
from ferry.domain.discovery import Discovery, Level
from ferry.domain.document import digest
from ferry.domain.errors import NotApproved, NotFound, PermanentError
from ferry.domain.estimate import Estimate
from ferry.domain.ledger import MICRO
from ferry.domain.policy import Groups, Matter, Need, Policy, Verdict, evaluate, may
from ferry.domain.policy.evaluate import needs
from ferry.domain.policy.keys import is_group
from ferry.domain.step import discovery_key, policy_key, ticket_key
from ferry.domain.ticket import Ticket
from ferry.usecases.footing import Case, load_case, read_mandate
from ferry.usecases.world import World

UNKNOWN_CENTS = 10**9


@dataclass(frozen=True)
class Judge:
    """One request, and the groups that matter to it, read once."""

    policy: Policy
    matter: Matter
    groups: Groups
    world: World

    def refusal(self, ballot: Ballot) -> str:
        approving = ballot.decision is Decision.APPROVED
        return may(self.policy, ballot.by, self.matter, self.groups, self.world.clock.now(), approving=approving)

    def verdict(self, votes: Sequence[Vote]) -> Verdict:
        voters = [vote.by for vote in votes]
        return evaluate(self.policy, self.matter, voters, self.groups, self.world.clock.now())


def judge(approval: Approval, policy: Policy, world: World, *, groups: bool = True) -> Judge:
    """TransientError when a group cannot be read just now; one that cannot be read at all has no members, and why.

    groups: without them, where nobody's membership matters.
    """
    case = load_case(approval.task_id, approval.revision, world)
    matter = _matter(case, read_mandate(approval, world).budget_cents, approval.estimate, world)
    wanted = {key for need in needs(policy, matter) for key in need.of if groups and is_group(key)}
    return Judge(policy, matter, read_groups(wanted, world), world)


def judge_raise(task_id: str, cents: int, policy: Policy, world: World) -> Judge:
    """As an approval under a ceiling that is `cents` higher; before a plan, what nobody knows counts as the most."""
    raised = raised_cents(world.gate.audit(task_id)[0]) + cents
    try:
        case = load_case(task_id, max(1, world.store.task(task_id).revision), world)
    except NotFound:
        key = ticket_key(task_id)
        asked_by = f"jira:{Ticket.read(world.artifacts.get(key), key).triggered_by}"
        matter = Matter(asked_by, (), (), Level.HIGH, UNKNOWN_CENTS)
    else:
        matter = _matter(case, case.record.budget_cents + raised, None, world)
    wanted = {key for need in needs(policy, matter) for key in need.of if is_group(key)}
    return Judge(policy, matter, read_groups(wanted, world), world)


def needed(case: Case, budget_cents: int, cost: Estimate | None, policy: Policy, world: World) -> tuple[Need, ...]:
    """What an approval of this plan takes, before anybody said anything."""
    return needs(policy, _matter(case, budget_cents, cost, world))


def keep_policy(policy: Policy, world: World) -> str:
    """Its digest, under which it can be read as long as the record says that it was judged by."""
    name = digest(policy.dump())
    world.artifacts.put(policy_key(name), policy.model_dump_json(by_alias=True).encode())
    return name


def kept_policy(approval: Approval, world: World) -> Policy:
    """As it was when people were asked. NotApproved when somebody changed it since."""
    if not approval.policy:
        return Policy()
    key = policy_key(approval.policy)
    policy = Policy.read(world.artifacts.get(key), key)
    if digest(policy.dump()) != approval.policy:
        raise NotApproved(f"{approval.task_id}: the stored policy was changed; ask for approval again")
    return policy


def facts(policy: Policy, verdict: Verdict | None = None, refusal: str = "") -> dict[str, str]:
    """What the policy said, for the audit."""
    about = {"policy": digest(policy.dump())[:16], "refused": refusal}
    if verdict:
        about |= {"said": verdict.words, "rules": ", ".join(verdict.rules), "votes": ", ".join(verdict.counts)}
        about["not counted"] = "; ".join(f"{key}: {why}" for key, why in verdict.refused.items())
    return {name: value for name, value in about.items() if value}


def _matter(case: Case, budget_cents: int, cost: Estimate | None, world: World) -> Matter:
    plan, ticket = case.record.plan, case.ticket
    return Matter(
        requester=f"jira:{ticket.triggered_by}",
        repositories=case.record.order,
        paths=tuple(sorted({path for repo in case.record.order for path in plan.paths_of(repo)})),
        risk=plan.risk,
        cost_cents=-(-cost.likely * 100 // MICRO) if cost else None,
        ceiling_cents=budget_cents,
        complexity=_complexity(case.record.task_id, world),
    )


def _complexity(task_id: str, world: World) -> Level | None:
    try:
        return Discovery.read(world.artifacts.get(discovery_key(task_id)), discovery_key(task_id)).complexity
    except PermanentError:
        return None


def read_groups(groups: Iterable[str], world: World) -> Groups:
    """As they are now. TransientError; one that cannot be read at all has no members, and why."""
    members: dict[str, frozenset[str]] = {}
    unread: dict[str, str] = {}
    for group in sorted(groups):
        try:
            members[group] = world.directory.members(group)
        except PermanentError as error:
            unread[group] = str(error)
    return Groups(members, unread)
