"""What follows when a branch moves or a pull request changes: records, webhooks, workflow runs."""

from __future__ import annotations

from typing import Protocol

from local.standins.github import events
from local.standins.github.git import ZERO, Repository
from local.standins.github.records import Pull, now
from local.standins.github.world import World


class Workflows(Protocol):
    """The part of Actions that changes call."""

    def pull_request(self, pull: Pull, action: str, actor: str) -> None: ...

    def push(self, repository: Repository, branch: str, sha: str, actor: str) -> None: ...

    def abandon(self, repo: str, number: int) -> None:
        """Cancel the unfinished runs of a closed pull request."""


class Changes:
    """Every way to change something (REST, GraphQL, git push) goes through here."""

    def __init__(self, world: World, workflows: Workflows) -> None:
        self._world, self._workflows = world, workflows

    def ref_moved(self, repository: Repository, ref: str, before: str, after: str, actor: str) -> None:
        """Call after the ref has moved; ZERO stands for "was not" and "is not"."""
        record = self._world.recorded(repository.name)
        record.pushed_at = record.updated_at = now()
        self._world.store.put(record)
        events.push(self._world, repository, ref, before, after, actor)
        if not ref.startswith("refs/heads/"):
            return
        branch = ref.removeprefix("refs/heads/")
        if after == ZERO:
            for pull in self._open(repository.name, head=branch):
                self.close(pull, actor)
            return
        for pull in self._open(repository.name, head=branch):
            self._synchronize(repository, pull, after, actor)
        for pull in self._open(repository.name, base=branch):
            pull.base_sha = after
            self._world.store.put(pull)
        self._workflows.push(repository, branch, after, actor)

    def _open(self, repo: str, **where: str) -> list[Pull]:
        return self._world.store.all(Pull, repo=repo, state="open", **where)

    def _synchronize(self, repository: Repository, pull: Pull, sha: str, actor: str) -> None:
        before, pull.head_sha, pull.updated_at = pull.head_sha, sha, now()
        self._world.store.put(pull)
        _point(repository, pull)
        events.pull_request(self._world, "synchronize", pull, actor, before=before, after=sha)
        self._workflows.pull_request(pull, "synchronize", actor)

    def open(self, repository: Repository, pull: Pull) -> None:
        self._world.store.put(pull)
        _point(repository, pull)
        events.pull_request(self._world, "opened", pull, pull.author)
        self._workflows.pull_request(pull, "opened", pull.author)

    def close(self, pull: Pull, actor: str) -> None:
        pull.state, pull.closed_at, pull.updated_at = "closed", now(), now()
        self._world.store.put(pull)
        events.pull_request(self._world, "closed", pull, actor)
        self._workflows.abandon(pull.repo, pull.number)

    def merged(self, pull: Pull, actor: str) -> None:
        """Call after the base has moved."""
        events.pull_request(self._world, "closed", pull, actor)
        self._workflows.abandon(pull.repo, pull.number)

    def reopen(self, pull: Pull, actor: str) -> None:
        pull.state, pull.closed_at, pull.updated_at = "open", None, now()
        self._world.store.put(pull)
        events.pull_request(self._world, "reopened", pull, actor)
        self._workflows.pull_request(pull, "reopened", actor)

    def set_draft(self, pull: Pull, draft: bool, actor: str) -> None:
        if pull.draft == draft:
            return
        pull.draft, pull.updated_at = draft, now()
        self._world.store.put(pull)
        action = "converted_to_draft" if draft else "ready_for_review"
        events.pull_request(self._world, action, pull, actor)
        self._workflows.pull_request(pull, action, actor)


def _point(repository: Repository, pull: Pull) -> None:
    """refs/pull/N/head outlives the branch, so that the page of a closed pull request still has its commits."""
    repository.run("update-ref", f"refs/pull/{pull.number}/head", pull.head_sha)
