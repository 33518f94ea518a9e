"""The mandate: everything that one approval covers, in one digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ferry.domain.document import Document, digest
from ferry.domain.gate_rules import RULES, Severity


class Mandate(Document):
    """What was put before people, and nothing beside it may be executed.

    opening: how often the gate of this revision was opened, 1 for the first; plan: `PlanRecord.digest`;
    bases: SHA of each repository's default branch as it was shown; heads: SHA of the task's branch in each repository,
    PLAN.md in it; paths: what may be written, by repository; discovery: digest of what the plan was made from, by which
    the policy judges how complex it is; ticket: `Ticket.digest` of the frozen text;
    ticket_now: digest of the tracker's text as the approver was told of it, "" when the tracker did not answer;
    budget_cents: ceiling of the whole task; configuration: of agents, model and integrity gate, by setting;
    allowances: `Held.digest` of each change that may be committed in spite of what the integrity gate found in it.
    """

    task_id: str
    revision: int
    opening: int
    plan: str
    bases: Mapping[str, str]
    heads: Mapping[str, str]
    paths: Mapping[str, tuple[str, ...]]
    discovery: str
    ticket: str
    ticket_now: str
    budget_cents: int
    configuration: Mapping[str, str]
    allowances: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """What an approval is bound to."""
        said = self.dump()
        if not self.allowances:  # so that what was approved before there were any stays what it was
            del said["allowances"]
        return digest(said)


@dataclass(frozen=True)
class Terms:
    """What configuration says now. budget_cents: ceiling of a task; agents: settings of agents and model, by name."""

    budget_cents: int
    agents: Mapping[str, str]


def agent_settings(model: str, sandbox: str, prices: str, gate: Mapping[str, Severity]) -> dict[str, str]:
    """The part of the configuration that an approval covers.

    model: `ModelChains.approved`; prices: a table in place of the shipped one, if any; gate: of the policy.
    """
    other = ", ".join(f"{rule}: {severity}" for rule, severity in sorted(gate.items()) if RULES[rule][0] != severity)
    shown = digest(prices)[:12] if prices else "shipped"
    return {"model": model, "sandbox": sandbox, "prices": shown, "gate": other or "rulebook"}


class Moved(Document):
    """One thing that is not what was approved. what: base, branch, plan, paths, ticket, budget, findings or a setting;
    repo: "" when it is of none; before, after: SHAs, digests or values; "" for what could not be read."""

    what: str
    repo: str = ""
    before: str = ""
    after: str = ""


def moved(approved: Mandate, now: Mandate, *, entered: bool = False) -> tuple[Moved, ...]:
    """What changed underneath an approval, in the order that a person cares for.

    entered: execution began under it, so branches, bases and the ticket go their way; what it may cost, where it may
    write and which model does it may still not change.
    """
    found = [
        *_single("plan", approved.plan, now.plan),
        *_single("discovery", approved.discovery, now.discovery),
        *_single("ticket", approved.ticket, now.ticket),
        *_single("budget", str(approved.budget_cents), str(now.budget_cents)),
        *_by_name("paths", _joined(approved.paths), _joined(now.paths)),
        *(one.model_copy(update={"what": one.repo, "repo": ""}) for one in _settings(approved, now)),
        *(Moved(what="findings", after=one) for one in now.allowances if one not in approved.allowances),
    ]
    if not entered:
        # Who approved was told that the ticket could not be compared, and had to look for themselves.
        known = bool(approved.ticket_now)
        found += _single("ticket's text", approved.ticket_now, now.ticket_now) if known else []
        found += [*_by_name("base", approved.bases, now.bases), *_by_name("branch", approved.heads, now.heads)]
    return tuple(found)


def _single(what: str, before: str, after: str) -> list[Moved]:
    return [] if before == after else [Moved(what=what, before=before, after=after)]


def _by_name(what: str, before: Mapping[str, str], after: Mapping[str, str]) -> list[Moved]:
    return [
        Moved(what=what, repo=name, before=before.get(name, ""), after=after.get(name, ""))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _settings(approved: Mandate, now: Mandate) -> list[Moved]:
    return _by_name("setting", approved.configuration, now.configuration)


def _joined(paths: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {repo: ", ".join(some) for repo, some in paths.items()}
