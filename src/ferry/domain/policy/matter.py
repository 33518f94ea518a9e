"""What is decided about, as far as rules look at it, and which rules apply to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ferry.domain.discovery import Level
from ferry.domain.policy.document import Policy, Rule

LEVELS = tuple(Level)


@dataclass(frozen=True)
class Matter:
    """A plan at the gate. requester: key of who asked for the task; repositories: ``owner/name``; paths: that the plan
    writes, of all repositories; complexity, cost_cents: None where nobody estimated it, which counts as the most."""

    requester: str
    repositories: tuple[str, ...]
    paths: tuple[str, ...]
    risk: Level
    ceiling_cents: int
    complexity: Level | None = None
    cost_cents: int | None = None


def applying(policy: Policy, matter: Matter) -> tuple[Rule, ...]:
    return tuple(rule for rule in policy.rules if _applies(rule, matter))


def _applies(rule: Rule, matter: Matter) -> bool:
    cost = matter.ceiling_cents if matter.cost_cents is None else matter.cost_cents
    names = [name for repo in matter.repositories for name in (repo, repo.rpartition("/")[2])]
    return (
        _matches(rule.paths, matter.paths)
        or _matches(rule.repositories, names)
        or _from(rule.complexity, matter.complexity or Level.HIGH)
        or _from(rule.risk, matter.risk)
        or (rule.cost_cents is not None and cost >= rule.cost_cents)
        or (rule.ceiling_cents is not None and matter.ceiling_cents >= rule.ceiling_cents)
    )


def _from(level: Level | None, now: Level) -> bool:
    return level is not None and LEVELS.index(now) >= LEVELS.index(level)


def _matches(globs: Iterable[str], names: Iterable[str]) -> bool:
    """In any case, and ``*`` crosses folders: a rule that matches too much asks one person more; too little, none."""
    folded = [name.casefold() for name in names]
    return any(fnmatchcase(name, form) for glob in globs for form in _forms(glob.casefold()) for name in folded)


def _forms(glob: str) -> tuple[str, ...]:
    """``**/`` also stands for no folder at all, and a folder for all in it."""
    whole = f"{glob}*" if glob.endswith("/") else glob
    return whole, whole.replace("**/", "")
