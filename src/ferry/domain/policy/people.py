"""Who somebody is, whose place they may take, and whether they belong to the approvers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ferry.domain.policy.document import Policy
from ferry.domain.policy.keys import is_group, one_spelling, vendor

Identity = frozenset[str]


@dataclass(frozen=True)
class Groups:
    """members: keys of people by group, as they are now; unread: why a group could not be read, by group."""

    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)


def belongs(who: Identity, approvers: Iterable[str], groups: Groups) -> bool:
    return any(
        bool(who & {one_spelling(key) for key in groups.members.get(one, ())}) if is_group(one) else one in who
        for one in approvers
    )


def unread(approvers: Iterable[str], groups: Groups) -> dict[str, str]:
    """Groups among `approvers` of whom nobody knows who is in them: unread, or never asked for."""
    unknown = [one for one in approvers if is_group(one) and one not in groups.members]
    return {one: groups.unread.get(one, "nobody read it") for one in unknown}


def places(policy: Policy, who: Identity, at: datetime) -> list[Identity]:
    """Their own first, then of everybody who handed theirs on to them, directly or through others."""
    found = [who]
    for place in found:
        handed = [policy.identity(one.from_) for one in policy.delegation if one.to in place and at < one.until]
        found += [one for one in handed if one not in found]
    return found


def requester_refusal(policy: Policy, who: Identity, requester: str) -> str:
    """Why `who` may not approve what `requester` asked for; "" when they are surely somebody else, or it is allowed."""
    if policy.requester_may_approve:
        return ""
    asked = policy.identity(requester)
    if who & asked:
        return "you asked for this task, and its approval takes somebody else"
    if _vendors(who) & _vendors(asked):
        return ""
    return (
        f"whoever asked for this task ({requester}) may not approve it, and nobody can tell whether that was you: let"
        f" an administrator list all keys of {requester}, or all of {min(who)}, under `people` in the approval policy"
    )


def _vendors(keys: Collection[str]) -> set[str]:
    return {vendor(key) for key in keys}
