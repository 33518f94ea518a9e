"""What an approved plan allows: where may be written, and which tests were said to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ferry.domain.integrity.change import Asked


def allowed_by(plan: Mapping[str, Any], repo: str = "") -> tuple[frozenset[str], Asked]:
    """plan: the JSON of a `Plan`, or of a `PlanRecord` with one in it; repo: ``owner/name`` or the name alone, "" for a
    plan of one repository. Lenient on purpose: a plan by hand needs no more than tasks with their files."""
    plan = plan["plan"] if isinstance(plan.get("plan"), Mapping) else plan
    tasks, tests = list(_of(plan, "tasks", repo)), list(_of(plan, "test_strategy", repo))
    files = [*_texts(tasks, "file"), *_texts(tasks, "test_file"), *_texts(_of(plan, "components", repo), "path")]
    words = [*_texts(tasks, "description"), *_texts(tests, "assertion"), str(plan.get("summary", ""))]
    named = frozenset([*_texts(tasks, "test_file"), *_texts(tests, "file")])
    return frozenset(files), Asked(named, "\n".join([*words, *map(str, _list(plan.get("scope_in")))]))


def _of(plan: Mapping[str, Any], field: str, repo: str) -> Iterator[Mapping[str, Any]]:
    """Entries that are about `repo`, or say about none."""
    for entry in _list(plan.get(field)):
        if isinstance(entry, Mapping):
            about = str(entry.get("repo", ""))
            if not (repo and about) or repo in (about, about.rpartition("/")[2]):
                yield entry


def _texts(entries: Iterator[Mapping[str, Any]] | list[Mapping[str, Any]], field: str) -> list[str]:
    return [one[field] for one in entries if isinstance(one.get(field), str) and one[field]]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
