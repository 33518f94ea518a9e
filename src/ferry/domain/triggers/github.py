"""GitHub's webhooks, as far as watching CI needs them: something finished on a commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ferry.domain.triggers import Nothing

FINISHES = {"check_run": "check_run", "check_suite": "check_suite", "workflow_run": "workflow_run"}


@dataclass(frozen=True)
class CiFinished:
    """Something completed on `sha` of `repo`, which the open pull requests `numbers` show."""

    repo: str
    sha: str
    numbers: tuple[int, ...]


def read_github(kind: str, body: Mapping[str, Any]) -> CiFinished | Nothing:
    """kind: the value of ``X-GitHub-Event``."""
    if kind == "ping":
        return Nothing("GitHub says hello")
    if kind not in FINISHES or body.get("action") != "completed":
        return Nothing(f"{kind or 'an event without a name'} {body.get('action') or ''}".strip() + " starts nothing")
    subject = _object(body.get(FINISHES[kind]))
    repo = str(_object(body.get("repository")).get("full_name") or "")
    sha = str(subject.get("head_sha") or "")
    pulls = subject.get("pull_requests") or _object(subject.get("check_suite")).get("pull_requests") or ()
    numbers = tuple(int(pull["number"]) for pull in map(_object, pulls) if str(pull.get("number", "")).isdecimal())
    if not (repo and sha and numbers):
        return Nothing("it belongs to no open pull request")
    return CiFinished(repo, sha, numbers)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
