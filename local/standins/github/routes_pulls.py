"""Pull requests, their files, comments and labels."""

from __future__ import annotations

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from local.standins.github import events, shapes_git, shapes_pull
from local.standins.github.git import Repository
from local.standins.github.http import (
    ApiError,
    invalid,
    not_found,
    paged,
    payload,
    repository,
    services,
    text,
    world,
)
from local.standins.github.records import Comment, Pull, now

routes = Blueprint("pulls", __name__)
_BASE = "/repos/<owner>/<repo>"


def _pull(owner: str, repo: str, number: int) -> Pull:
    found = world().pull(repository(owner, repo).name, number)
    if found is None:
        raise not_found()
    return found


@routes.get(f"{_BASE}/pulls")
def pulls(owner: str, repo: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    state, head, base = (request.args.get(key, "") for key in ("state", "head", "base"))
    organisation, _, branch = head.rpartition(":")
    found = [
        pull
        for pull in reversed(world().store.all(Pull, repo=at.name))
        if state == "all" or pull.state == (state or "open")
        if not branch or (pull.head == branch and organisation in ("", world().urls.org))
        if not base or pull.base == base
    ]
    return paged([world().simple_pull_json(pull) for pull in found])


@routes.post(f"{_BASE}/pulls")
def open_pull(owner: str, repo: str) -> ResponseReturnValue:
    at, sent, store = repository(owner, repo), payload(), world().store
    head, base = text(sent, "head", "PullRequest").rpartition(":")[2], text(sent, "base", "PullRequest")
    with store.lock:
        head_sha, base_sha = _sides(at, head, base)
        last = max((pull.number for pull in store.all(Pull, repo=at.name)), default=0)
        pull = Pull(
            id=store.next_id(),
            repo=at.name,
            number=last + 1,
            title=text(sent, "title", "PullRequest"),
            body=sent.get("body"),
            author=g.login,
            head=head,
            base=base,
            head_sha=head_sha,
            base_sha=base_sha,
            draft=bool(sent.get("draft")),
        )
        services().changes.open(at, pull)
    return jsonify(world().pull_json(pull)), 201


def _sides(at: Repository, head: str, base: str) -> tuple[str, str]:
    """SHAs of head and base; 422 for what GitHub refuses."""
    shas = {"head": at.head(head), "base": at.head(base)}
    for name, sha in shas.items():
        if sha is None:
            raise invalid("PullRequest", name)
    if shas["head"] == shas["base"] or at.is_ancestor(str(shas["head"]), str(shas["base"])):
        raise _custom(f"No commits between {base} and {head}")
    if world().store.all(Pull, repo=at.name, head=head, base=base, state="open"):
        raise _custom(f"A pull request already exists for {world().urls.org}:{head}.")
    return str(shas["head"]), str(shas["base"])


def _custom(message: str) -> ApiError:
    return ApiError(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])


@routes.get(f"{_BASE}/pulls/<int:number>")
def get_pull(owner: str, repo: str, number: int) -> ResponseReturnValue:
    return jsonify(world().pull_json(_pull(owner, repo, number)))


@routes.patch(f"{_BASE}/pulls/<int:number>")
def edit_pull(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull, sent, changes = _pull(owner, repo, number), payload(), services().changes
    if sent.get("state", "open") not in ("open", "closed"):
        raise invalid("PullRequest", "state")
    with world().store.lock:
        pull.title, pull.body = sent.get("title", pull.title), sent.get("body", pull.body)
        pull.updated_at = now()
        world().store.put(pull)
        if sent.get("state", pull.state) != pull.state:
            (changes.close if pull.state == "open" else changes.reopen)(pull, g.login)
    return jsonify(world().pull_json(pull))


@routes.get(f"{_BASE}/pulls/<int:number>/files")
def pull_files(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull = _pull(owner, repo, number)
    files = world().changed(pull.repo, pull.base_sha, pull.head_sha)
    return paged([shapes_git.file(world().urls, pull.repo, pull.head_sha, file) for file in files])


@routes.get(f"{_BASE}/pulls/<int:number>/commits")
def pull_commits(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull = _pull(owner, repo, number)
    found = world().opened(pull.repo).log(pull.head_sha, f"^{pull.base_sha}")[::-1]
    return paged([shapes_git.commit(world().urls, pull.repo, commit) for commit in found])


@routes.get(f"{_BASE}/issues/<int:number>/comments")
def comments(owner: str, repo: str, number: int) -> ResponseReturnValue:
    found = world().comments(_pull(owner, repo, number))
    return paged([shapes_pull.comment(world().urls, comment) for comment in found])


@routes.post(f"{_BASE}/issues/<int:number>/comments")
def create_comment(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull, store = _pull(owner, repo, number), world().store
    comment = Comment(store.next_id(), pull.repo, number, g.login, text(payload(), "body", "IssueComment"))
    with store.lock:
        store.put(comment)
        events.issue_comment(world(), pull, comment)
    return jsonify(shapes_pull.comment(world().urls, comment)), 201


@routes.patch(f"{_BASE}/issues/comments/<int:id_>")
def edit_comment(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    found = world().store.get(Comment, id_)
    if found is None or found.repo != repository(owner, repo).name:
        raise not_found()
    found.body, found.updated_at = text(payload(), "body", "IssueComment"), now()
    world().store.put(found)
    return jsonify(shapes_pull.comment(world().urls, found))


@routes.get(f"{_BASE}/issues/<int:number>/labels")
@routes.post(f"{_BASE}/issues/<int:number>/labels")
def labels(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull = _pull(owner, repo, number)
    if request.method == "POST":
        wanted = request.get_json(force=True, silent=True)
        names = wanted.get("labels", []) if isinstance(wanted, dict) else wanted or []
        names = [name["name"] if isinstance(name, dict) else str(name) for name in names]
        pull.labels = list(dict.fromkeys([*pull.labels, *names]))
        world().store.put(pull)
    return jsonify([shapes_pull.label(world().urls, pull.repo, name) for name in pull.labels])
