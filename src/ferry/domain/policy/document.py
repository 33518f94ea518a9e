"""The policy as it is written: its fields, and what each of them must look like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from ferry.domain.discovery import Level
from ferry.domain.document import Document
from ferry.domain.gate_rules import ALWAYS, RULES, Severity
from ferry.domain.policy import keys

Person = Annotated[str, AfterValidator(keys.person)]
Who = Annotated[str, AfterValidator(keys.who)]


def _gate_rule(name: str) -> str:
    if name not in RULES:
        raise ValueError(f"{name[:80]!r} is no rule of the gate; there are {', '.join(sorted(set(RULES) - ALWAYS))}")
    if name in ALWAYS:
        raise ValueError(f"{name} always blocks; leave it out")
    return name


GateRule = Annotated[str, AfterValidator(_gate_rule)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1, le=20)]
Cents = Annotated[int, Field(ge=1)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown; not a relative path; a folder, as Europe
        raise ValueError(f"{name[:80]!r} is no time zone; write a name of the IANA list, as Europe/Berlin") from error
    return name


class Rule(Document):
    """A stricter rule: it applies when any of its conditions holds, and then asks for more than the policy does.

    paths: globs of files that the plan writes, ``*`` crosses folders; repositories: globs of ``owner/name`` or of the
    name alone; complexity, risk: from this level on; cost_cents, ceiling_cents: from this many on (estimated, allowed);
    quorum, approvers: what it takes then; the policy's own where they are left out.
    """

    name: Text
    paths: tuple[Text, ...] = ()
    repositories: tuple[Text, ...] = ()
    complexity: Level | None = None
    risk: Level | None = None
    cost_cents: Cents | None = None
    ceiling_cents: Cents | None = None
    quorum: Count | None = None
    approvers: tuple[Who, ...] = ()


class Delegation(Document):
    """`to` may decide in place of `from_`, both people, up to and without `until`."""

    from_: Person = Field(alias="from")
    to: Person
    until: AwareDatetime


class WorkingHours(Document):
    """When people are called: on `days`, from `from_` up to and without `to`, as clocks show it in `zone`."""

    zone: Annotated[str, AfterValidator(_zone)]
    days: Annotated[tuple[Day, ...], Field(min_length=1)] = ("mon", "tue", "wed", "thu", "fri")
    from_: time = Field(default=time(9), alias="from")
    to: time = time(17)

    @model_validator(mode="after")
    def _in_order(self) -> WorkingHours:
        if self.from_.tzinfo or self.to.tzinfo:
            raise ValueError("from and to carry no zone of their own; write them as 09:00")
        if self.from_ >= self.to:
            raise ValueError("from must be before to on the same day, as 09:00 and 17:00")
        return self


class Escalation(Document):
    """One step of the chain: at a share of the time that a request waits, or so many seconds after it was made.

    who: is called then; the approvers again, when nobody is named.
    """

    at: Share | None = None
    seconds: Cents | None = None
    who: tuple[Who, ...] = ()

    @model_validator(mode="after")
    def _one_moment(self) -> Escalation:
        if (self.at is None) == (self.seconds is None):
            raise ValueError("give either at (a share of the time, as 0.75) or seconds (as 3600), one of them")
        return self


class Policy(Document):
    """approvers: who may decide; quorum: how many of them an approval takes; requester_may_approve: whether who asked
    for the task may; people: all keys of one person, by any name; operators: whether one at the command line decides
    alone, by AWS's permission; channels: where decisions are taken; moved_base: whether any commit on a default branch
    asks again, or those alone that touch a file of the plan; remind_at: share of the time that a request waits; gate:
    rules of the integrity gate that block or ask otherwise than its rulebook says."""

    approvers: tuple[Who, ...] = ()
    quorum: Count = 1
    requester_may_approve: bool = True
    people: Mapping[str, tuple[Person, ...]] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    delegation: tuple[Delegation, ...] = ()
    operators: bool = True
    channels: tuple[Literal["slack", "jira", "github"], ...] = Field(default=("slack",), min_length=1)
    remind_at: Share = 0.5
    escalation: tuple[Escalation, ...] = (Escalation(at=0.75),)
    working_hours: WorkingHours | None = None
    moved_base: Literal["any", "touched"] = "any"
    gate: Mapping[GateRule, Severity] = Field(default_factory=dict)

    def identity(self, key: str) -> frozenset[str]:
        """All keys of the person whom `key` names."""
        key = keys.one_spelling(key)
        return next((frozenset(known) for known in self.people.values() if key in known), frozenset({key}))
