"""GitHub's webhooks: what finished on a commit is a hint for the task that waits; all else says what it means today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ferry.domain.admission.guards import own_or_bot
from ferry.domain.triggers import Nothing

FINISHES = {"check_run": "check_run", "check_suite": "check_suite", "workflow_run": "workflow_run"}
MOVES = ("closed", "reopened")
# Where each kind keeps what a person wrote.
Json = Mapping[str, Any]


@dataclass(frozen=True)
class CiFinished:
    """Something completed on `sha` of `repo`, which the open pull requests `numbers` show; of a commit status
    `branches` are known instead, without the default one."""

    repo: str
    sha: str
    numbers: tuple[int, ...]
    branches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pushed:
    """The default branch of `repo` is at `sha` now."""

    repo: str
    branch: str
    sha: str


@dataclass(frozen=True)
class PullMoved:
    """A pull request was closed (merged or not) or opened again. action: in GitHub's words."""

    repo: str
    number: int
    action: str

    @property
    def place(self) -> str:
        return f"{self.repo}#{self.number}"


def read_github(kind: str, body: Json) -> CiFinished | Nothing:
    """kind: the value of ``X-GitHub-Event``."""
    if kind == "status":
        return _status(body)
    if kind not in FINISHES or body.get("action") != "completed":
        return read_news(kind, body)
    subject = _object(body.get(FINISHES[kind]))
    repo = _repo(body)
    sha = str(subject.get("head_sha") or "")
    pulls = subject.get("pull_requests") or _object(subject.get("check_suite")).get("pull_requests")
    listed = map(_object, pulls) if isinstance(pulls, list) else ()
    numbers = tuple(int(pull["number"]) for pull in listed if str(pull.get("number", "")).isdecimal())
    if not (repo and sha and numbers):
        return Nothing("it belongs to no open pull request")
    return CiFinished(repo, sha, numbers)


def read_pull(body: Json) -> PullMoved | Nothing:
    """Whoever did it: Ferry merges nothing itself, and what it closed is on record already."""
    action, number, repo = str(body.get("action") or ""), _object(body.get("pull_request")).get("number"), _repo(body)
    if action not in MOVES or not (repo and isinstance(number, int)):
        return read_news("pull_request", body)
    return PullMoved(repo, number, action)


def _status(body: Json) -> CiFinished | Nothing:
    """https://docs.github.com/webhooks/webhook-events-and-payloads#status: at most ten branches with the commit."""
    repo, sha = _repo(body), str(body.get("sha") or "")
    if body.get("state") == "pending":
        return Nothing(f"{repo}: a commit status is pending")
    default = _object(body.get("repository")).get("default_branch")
    listed = body.get("branches")
    at = [
        one
        for one in map(_object, listed if isinstance(listed, list) else ())
        if _object(one.get("commit")).get("sha") == sha
    ]
    names = tuple(name for one in at if (name := str(one.get("name") or "")) and name != default)
    if not (repo and sha and names):
        return Nothing("it belongs to no open pull request")
    return CiFinished(repo, sha, (), names)


def read_push(body: Json) -> Pushed | Nothing:
    """Whoever pushed: an index is of what is there."""
    ref, after, repo = str(body.get("ref") or ""), str(body.get("after") or ""), _repo(body)
    default = str(_object(body.get("repository")).get("default_branch") or "")
    name = ref.removeprefix("refs/heads/")
    if not (repo and default and ref == f"refs/heads/{default}"):
        return Nothing(f"{repo}: {name or 'a ref'} moved; only the default branch is indexed")
    if body.get("deleted") or not after.strip("0"):
        return Nothing(f"{repo}: {name} was deleted; the sweep looks what is there now")
    return Pushed(repo, name, after)


def sender_refusal(body: Json, own_login: str = "") -> str:
    """Ferry's own account and bots are never heard; "" for a person."""
    sender = _object(body.get("sender"))
    return own_or_bot(str(sender.get("login") or ""), str(sender.get("type") or ""), own_login)


def read_news(kind: str, body: Json) -> Nothing:
    """What Ferry hears of and needs not act on: it looks at GitHub itself when a task needs to know."""
    if kind == "ping":
        return Nothing("GitHub says hello")
    if kind in ("installation", "installation_repositories"):
        return Nothing(_installation(kind, body))
    if kind == "pull_request":
        return Nothing(f"{_called(kind, body)}: a pull request is read when its task needs it")
    return Nothing(f"{_called(kind, body)} starts nothing")


def _installation(kind: str, body: Json) -> str:
    account = str(_object(_object(body.get("installation")).get("account")).get("login") or "an account")
    action = str(body.get("action") or "changed").replace("_", " ")
    if kind == "installation_repositories":
        counts = [len(found) if isinstance(found := body.get(f"repositories_{how}"), list) else 0 for how in ACTIONS]
        return f"{account}: {counts[0]} repositories added, {counts[1]} removed; the next discovery sees them so"
    return f"the App's installation at {account}: {action}; which repositories Ferry sees is asked at each discovery"


ACTIONS = ("added", "removed")


def _called(kind: str, body: Json) -> str:
    return f"{kind or 'an event without a name'} {body.get('action') or ''}".strip()


def _repo(body: Json) -> str:
    return str(_object(body.get("repository")).get("full_name") or "")


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}
