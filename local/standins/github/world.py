"""The organisation: its repositories on disk, its records, its way out (webhooks), and its views of all that."""

from __future__ import annotations

import secrets
import shutil
import threading
from functools import lru_cache
from pathlib import Path

from local.standins.base import StandInSettings
from local.standins.github import shapes, shapes_ci, shapes_pull
from local.standins.github.commits import Commit
from local.standins.github.diffs import FileDiff, diff
from local.standins.github.git import GitError, Repository
from local.standins.github.records import CheckRun, Comment, Job, Pull, RepositoryRecord, Run, Suite
from local.standins.github.shapes import Json, Urls
from local.standins.github.store import Store
from local.standins.github.webhooks import Deliverer


class World:
    """`extra` understands: org, sample (folder of ``<name>.git``), people (``login=token,...``), readers (those of
    them who may only read), tree_limit (entries of a recursive tree), teams (``slug=login+login,...``), app_id,
    app_public_key (PEM), download_url (base of log and tarball links; GitHub's are on another host too)."""

    def __init__(self, settings: StandInSettings) -> None:
        self.settings = settings
        self.urls = Urls(settings.url, settings.extra.get("org", "acme"))
        self.download_url = settings.extra.get("download_url") or settings.url
        self.download_key = secrets.token_bytes(32)
        self.repos, self.logs = settings.state / "repos", settings.state / "logs"
        self.logs.mkdir(exist_ok=True)
        if not self.repos.exists():
            _copy_sample(settings.extra.get("sample"), self.repos)
        self.store = Store(settings.state / "records.sqlite")
        self.deliverer = Deliverer(
            self.store, settings.state / "deliveries", settings.deliver_to, settings.webhook_secret
        )
        self._opened: dict[str, Repository] = {}
        self._opening = threading.Lock()
        self.facts = lru_cache(maxsize=512)(self._facts)
        self.changed = lru_cache(maxsize=512)(self._changed)

    def close(self) -> None:
        self.deliverer.close()
        for repository in self._opened.values():
            repository.close()
        self.store.close()

    def names(self) -> list[str]:
        return sorted(path.name.removesuffix(".git") for path in self.repos.glob("*.git"))

    def repository(self, name: str) -> Repository | None:
        with self._opening:
            if name not in self._opened:
                path = self.repos / f"{name}.git"
                if not (name.replace("-", "").replace("_", "").replace(".", "").isalnum() and path.is_dir()):
                    return None
                self._opened[name] = Repository(path)
            return self._opened[name]

    def opened(self, name: str) -> Repository:
        """A repository that a record names, so it exists."""
        found = self.repository(name)
        if found is None:
            raise LookupError(f"the repository {name} has gone from {self.repos}")
        return found

    def repo_json(self, name: str) -> Json:
        repository = self.opened(name)
        branch = repository.default_branch
        head = repository.commit(branch)
        shape = shapes.repository(self.urls, name, branch, head.committer.date if head else shapes.BORN)
        known = self.record(name)
        told = {"pushed_at": known.pushed_at, "updated_at": known.updated_at} if known else {}
        facts = {"archived": known.archived, "fork": known.fork} if known else {}
        return {**shape, **{key: value for key, value in told.items() if value}, **facts}

    def record(self, name: str) -> RepositoryRecord | None:
        return next(iter(self.store.all(RepositoryRecord, name=name)), None)

    def recorded(self, name: str) -> RepositoryRecord:
        """To be changed, and put back."""
        return self.record(name) or RepositoryRecord(self.store.next_id(), name)

    def now_called(self, former: str) -> str | None:
        """The name of a repository that was called `former`."""
        found = (one.name for one in self.store.all(RepositoryRecord) if former in one.former)
        return next(found, None)

    def rename(self, old: str, new: str) -> None:
        """Its records keep the name they were made under; nothing of the sample renames a repository at work."""
        with self._opening:
            self._opened.pop(old).close()
            (self.repos / f"{old}.git").rename(self.repos / f"{new}.git")

    def delete(self, name: str) -> None:
        with self._opening:
            self._opened.pop(name).close()
            shutil.rmtree(self.repos / f"{name}.git")

    def commit(self, repo: str, sha: str) -> Commit:
        found = self.opened(repo).commit(sha)
        if found is None:
            raise LookupError(f"{repo} has no commit {sha}")
        return found

    def comments(self, pull: Pull) -> list[Comment]:
        return self.store.all(Comment, repo=pull.repo, number=pull.number)

    def pull(self, repo: str, number: int) -> Pull | None:
        return next(iter(self.store.all(Pull, repo=repo, number=number)), None)

    def simple_pull_json(self, pull: Pull) -> Json:
        return shapes_pull.simple_pull(self.urls, pull, self.repo_json(pull.repo))

    def pull_json(self, pull: Pull) -> Json:
        facts = self.facts(pull.repo, pull.base_sha, pull.head_sha)
        return shapes_pull.full_pull(self.urls, pull, self.repo_json(pull.repo), facts, len(self.comments(pull)))

    def _facts(self, repo: str, base: str, head: str) -> shapes_pull.PullFacts:
        repository = self.opened(repo)
        files = self.changed(repo, base, head)
        commits = int(repository.run("rev-list", "--count", f"{base}..{head}"))
        sums = sum(f.additions for f in files), sum(f.deletions for f in files)
        return shapes_pull.PullFacts(commits, len(files), *sums, _mergeable(repository, base, head))

    def _changed(self, repo: str, base: str, head: str) -> tuple[FileDiff, ...]:
        """What a pull request from `head` into `base` changes; both are SHAs, so it stays true."""
        repository = self.opened(repo)
        return tuple(diff(repository, repository.merge_base(base, head) or base, head))

    def pulls_at(self, repo: str, sha: str) -> list[Json]:
        """Open pull requests whose head is `sha`, as runs and checks list them."""
        pulls = self.store.all(Pull, repo=repo, head_sha=sha, state="open")
        return [shapes_pull.minimal_pull(self.urls, pull) for pull in pulls]

    def check_run_json(self, of: CheckRun) -> Json:
        return shapes_ci.check_run(self.urls, of, self.pulls_at(of.repo, of.head_sha))

    def suite_json(self, of: Suite) -> Json:
        runs = len(self.store.all(CheckRun, suite=of.id))
        head = self.commit(of.repo, of.head_sha)
        return shapes_ci.suite(self.urls, of, head, runs, self.pulls_at(of.repo, of.head_sha))

    def run_json(self, of: Run) -> Json:
        head, pulls = self.commit(of.repo, of.head_sha), self.pulls_at(of.repo, of.head_sha)
        return shapes_ci.run(self.urls, of, head, self.repo_json(of.repo), pulls)

    def job_json(self, of: Job) -> Json:
        run = self.store.get(Run, of.run)
        if run is None:
            raise LookupError(f"job {of.id} has lost its run")
        return shapes_ci.job(self.urls, of, run)

    def log_file(self, job: int) -> Path:
        return self.logs / f"{job}.txt"


def _copy_sample(sample: str | None, target: Path) -> None:
    if sample:
        shutil.copytree(sample, target)
    else:
        target.mkdir()


def _mergeable(repository: Repository, base: str, head: str) -> bool | None:
    if repository.is_ancestor(base, head):
        return True
    try:
        repository.run("merge-tree", "--write-tree", base, head)
    except GitError:
        return False
    return True
