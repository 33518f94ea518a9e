"""What GitHub tells its webhooks. Payloads are built at the moment of the event and sent in order."""

from __future__ import annotations

from local.standins.github import shapes, shapes_ci, shapes_git, shapes_pull, shapes_talk
from local.standins.github.commits import Commit
from local.standins.github.git import ZERO, Repository
from local.standins.github.records import CheckRun, Comment, Pull, Run, Suite
from local.standins.github.records_required import Status
from local.standins.github.records_talk import Review, ReviewComment
from local.standins.github.shapes import ACTIONS, Json
from local.standins.github.world import World

_MOST_COMMITS = 20
ACTIONS_BOT = f"{ACTIONS}[bot]"


def push(world: World, repository: Repository, ref: str, before: str, after: str, actor: str) -> None:
    commits = _pushed(repository, before, after)
    head = repository.commit(after) if after != ZERO else None
    _send(world, "push", repository.name, actor, {
        "ref": ref,
        "before": before,
        "after": after,
        "created": before == ZERO,
        "deleted": after == ZERO,
        "forced": ZERO not in (before, after) and not repository.is_ancestor(before, after),
        "base_ref": None,
        "compare": world.urls.web(repository.name, f"/compare/{before[:12]}...{after[:12]}"),
        "commits": [_pushed_commit(world, repository, commit) for commit in commits],
        "head_commit": _pushed_commit(world, repository, head) if head else None,
        "pusher": {"name": actor, "email": f"{actor}@users.noreply.github.com"},
    })  # fmt: skip


def _pushed(repository: Repository, before: str, after: str) -> list[Commit]:
    """Oldest first; of a new branch only what no other branch has."""
    if after == ZERO:
        return []
    others = [sha for sha in repository.refs("refs/heads").values() if sha != after]
    limits = [f"^{before}"] if before != ZERO else [f"^{sha}" for sha in {*others, *_shared(repository, after)}]
    return repository.log(f"--max-count={_MOST_COMMITS}", after, *limits)[::-1]


def _shared(repository: Repository, after: str) -> list[str]:
    """`after` itself when an older branch is there too: a branch without commits of its own."""
    return [after] if list(repository.refs("refs/heads").values()).count(after) > 1 else []


def _pushed_commit(world: World, repository: Repository, commit: Commit) -> Json:
    listing = repository.run("diff-tree", "-r", "-z", "--root", "--no-commit-id", "--name-status", commit.sha)
    words = listing.decode(errors="replace").split("\0")
    changed = list(zip(words[::2], words[1::2], strict=False))
    return {
        **shapes_git.simple_commit(commit),
        "distinct": True,
        "url": world.urls.web(repository.name, f"/commit/{commit.sha}"),
        "added": [path for letter, path in changed if letter == "A"],
        "removed": [path for letter, path in changed if letter == "D"],
        "modified": [path for letter, path in changed if letter not in "AD"],
    }


def pull_request(world: World, action: str, pull: Pull, actor: str, **more: object) -> None:
    payload = {"action": action, "number": pull.number, "pull_request": world.pull_json(pull), **more}
    _send(world, "pull_request", pull.repo, actor, payload)


def issue_comment(world: World, pull: Pull, comment: Comment) -> None:
    _send(world, "issue_comment", pull.repo, comment.author, {
        "action": "created",
        "issue": shapes_pull.issue(world.urls, pull, len(world.comments(pull))),
        "comment": shapes_pull.comment(world.urls, comment),
    })  # fmt: skip


def review_comment(world: World, pull: Pull, of: ReviewComment) -> None:
    _send(world, "pull_request_review_comment", pull.repo, of.author, {
        "action": "created",
        "comment": shapes_talk.review_comment(world.urls, of),
        "pull_request": world.simple_pull_json(pull),
    })  # fmt: skip


def review(world: World, pull: Pull, of: Review) -> None:
    _send(world, "pull_request_review", pull.repo, of.author, {
        "action": "submitted",
        "review": shapes_talk.review(world.urls, of),
        "pull_request": world.simple_pull_json(pull),
    })  # fmt: skip


def check_run(world: World, action: str, of: CheckRun, actor: str = ACTIONS_BOT) -> None:
    """Its check suite comes in full; GitHub's schema wants strings where a queued run has no time yet."""
    suite = world.store.get(Suite, of.suite)
    shape = world.check_run_json(of)
    shape["started_at"] = of.started_at or (suite.created_at if suite else shapes.BORN)
    if suite:
        shape["check_suite"] = world.suite_json(suite)
    _send(world, "check_run", of.repo, actor, {"action": action, "check_run": shape})


def check_suite(world: World, of: Suite, actor: str = ACTIONS_BOT) -> None:
    _send(world, "check_suite", of.repo, actor, {"action": "completed", "check_suite": world.suite_json(of)})


def status(world: World, repository: Repository, of: Status) -> None:
    heads = repository.refs("refs/heads").items()
    at = [{"name": ref.removeprefix("refs/heads/"), "commit": {"sha": sha}, "protected": False} for ref, sha in heads
          if sha == of.sha][:10]  # fmt: skip
    _send(world, "status", of.repo, of.creator, {
        "id": of.id,
        "sha": of.sha,
        "name": f"{world.urls.org}/{of.repo}",
        "avatar_url": None,
        "target_url": of.target_url,
        "context": of.context,
        "description": of.description,
        "state": of.state,
        "commit": shapes_git.simple_commit(world.commit(of.repo, of.sha)),
        "branches": at,
        "created_at": of.created_at,
        "updated_at": of.updated_at,
    })  # fmt: skip


def workflow_run(world: World, action: str, of: Run) -> None:
    _send(world, "workflow_run", of.repo, of.actor, {
        "action": action,
        "workflow_run": world.run_json(of),
        "workflow": shapes_ci.workflow(world.urls, of),
    })  # fmt: skip


def _send(world: World, event: str, repo: str, actor: str, payload: Json) -> None:
    organization = {
        "login": world.urls.org,
        "id": shapes.number(f"user {world.urls.org}"),
        "node_id": f"O_{shapes.number(world.urls.org)}",
        "url": f"{world.urls.base}/orgs/{world.urls.org}",
        **{f"{name}_url": f"{world.urls.base}/orgs/{world.urls.org}/{name}" for name in ("repos", "events", "hooks")},
        "issues_url": f"{world.urls.base}/orgs/{world.urls.org}/issues",
        "members_url": f"{world.urls.base}/orgs/{world.urls.org}/members{{/member}}",
        "public_members_url": f"{world.urls.base}/orgs/{world.urls.org}/public_members{{/member}}",
        "avatar_url": f"{world.urls.base}/_standin/avatar.svg",
        "description": None,
    }
    about = {"repository": world.repo_json(repo), "organization": organization}
    world.deliverer.send(event, {**payload, **about, "sender": shapes.user(world.urls, actor)})
