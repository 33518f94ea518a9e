"""What people say on pull requests beside plain comments: reviews, comments on lines, reactions; and who may write."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from local.standins.github import events, shapes_talk
from local.standins.github.http import ApiError, invalid, not_found, paged, payload, repository, services, text, world
from local.standins.github.records import Comment, Pull
from local.standins.github.records_talk import Reaction, Review, ReviewComment
from local.standins.github.shapes import FERRY, user

routes = Blueprint("talk", __name__)
_BASE = "/repos/<owner>/<repo>"
CONTENTS = ("THUMBS_UP", "THUMBS_DOWN", "LAUGH", "HOORAY", "CONFUSED", "HEART", "ROCKET", "EYES")


def _pull(owner: str, repo: str, number: int) -> Pull:
    found = world().pull(repository(owner, repo).name, number)
    if found is None:
        raise not_found()
    return found


@routes.get(f"{_BASE}/collaborators/<login>/permission")
def permission(owner: str, repo: str, login: str) -> ResponseReturnValue:
    """Of people with a token: write, or read where `extra` lists them as readers. Nobody else is known."""
    repository(owner, repo)
    readers = {name.strip() for name in world().settings.extra.get("readers", "").split(",")}
    if login not in {*services().people.values(), f"{FERRY}[bot]"}:
        raise not_found()
    level = "read" if login in readers else "write"
    return jsonify({"permission": level, "role_name": level, "user": user(world().urls, login)})


@routes.get(f"{_BASE}/pulls/<int:number>/reviews")
def reviews(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull = _pull(owner, repo, number)
    found = world().store.all(Review, repo=pull.repo, number=number)
    return paged([shapes_talk.review(world().urls, review) for review in found])


@routes.post(f"{_BASE}/pulls/<int:number>/reviews")
def create_review(owner: str, repo: str, number: int) -> ResponseReturnValue:
    """Comments on lines are posted each by itself here."""
    pull, store, sent = _pull(owner, repo, number), world().store, payload()
    states = {"COMMENT": "commented", "APPROVE": "approved", "REQUEST_CHANGES": "changes_requested"}
    if sent.get("event") not in states:
        raise invalid("PullRequestReview", "event")
    state, body = states[sent["event"]], sent.get("body") or None
    review = Review(store.next_id(), pull.repo, number, g.login, body, state, pull.head_sha)
    with store.lock:
        store.put(review)
        events.review(world(), pull, review)
    return jsonify(shapes_talk.review(world().urls, review))


@routes.get(f"{_BASE}/pulls/<int:number>/comments")
def review_comments(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull = _pull(owner, repo, number)
    found = world().store.all(ReviewComment, repo=pull.repo, number=number)
    return paged([shapes_talk.review_comment(world().urls, comment) for comment in found])


@routes.post(f"{_BASE}/pulls/<int:number>/comments")
def create_review_comment(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull, sent = _pull(owner, repo, number), payload()
    path, body = text(sent, "path", "PullRequestReviewComment"), text(sent, "body", "PullRequestReviewComment")
    return _said(pull, body, path, int(sent.get("line") or 1))


@routes.post(f"{_BASE}/pulls/<int:number>/comments/<int:id_>/replies")
def reply(owner: str, repo: str, number: int, id_: int) -> ResponseReturnValue:
    pull, first = _pull(owner, repo, number), world().store.get(ReviewComment, id_)
    if first is None or (first.repo, first.number) != (pull.repo, number):
        raise not_found()
    return _said(pull, text(payload(), "body", "PullRequestReviewComment"), first.path, first.line, first.id)


def _said(pull: Pull, body: str, path: str, line: int, to: int = 0) -> ResponseReturnValue:
    store = world().store
    comment = ReviewComment(
        store.next_id(), pull.repo, pull.number, g.login, body, path, line, pull.head_sha, reply_to=to
    )
    with store.lock:
        store.put(comment)
        events.review_comment(world(), pull, comment)
    return jsonify(shapes_talk.review_comment(world().urls, comment)), 201


@routes.get(f"{_BASE}/issues/comments/<int:id_>/reactions", defaults={"kind": "IC"})
@routes.get(f"{_BASE}/pulls/comments/<int:id_>/reactions", defaults={"kind": "PRRC"})
def reactions(owner: str, repo: str, id_: int, kind: str) -> ResponseReturnValue:
    repository(owner, repo)
    found = world().store.all(Reaction, subject=f"{kind}_{id_}")
    return paged([shapes_talk.reaction(world().urls, reaction) for reaction in found])


def add_reaction(variables: dict[str, Any]) -> dict[str, Any]:
    """GraphQL's addReaction; the same one again changes nothing."""
    subject, content = str(variables.get("id", "")), str(variables.get("content", ""))
    kind, _, number = subject.partition("_")
    record = {"IC": Comment, "PRRC": ReviewComment, "PRR": Review}.get(kind)
    if content not in CONTENTS:
        raise ApiError(200, "", [{"message": f"{content} is no ReactionContent"}])
    if record is None or not number.isdecimal() or world().store.get(record, int(number)) is None:
        message = f"Could not resolve to a node with the global id of '{subject}'"
        raise ApiError(200, "", [{"type": "NOT_FOUND", "message": message}])
    if not world().store.all(Reaction, subject=subject, content=content, author=g.login):
        world().store.put(Reaction(world().store.next_id(), subject, content, g.login))
    return {"addReaction": {"reaction": {"content": content}}}


def review_threads(variables: dict[str, Any]) -> dict[str, Any]:
    """Of GraphQL's PullRequest: each thread with its comments."""
    name, number = str(variables.get("name", "")), variables.get("number")
    pull = world().pull(name, number) if isinstance(number, int) else None
    if pull is None:
        message = f"Could not resolve to a PullRequest with the number of {number}."
        raise ApiError(200, "", [{"type": "NOT_FOUND", "message": message}])
    found = world().store.all(ReviewComment, repo=name, number=number, reply_to=0)
    every = world().store.all(ReviewComment, repo=name, number=number)
    nodes = [shapes_talk.thread(first, [one for one in every if one.reply_to == first.id]) for first in found]
    return {"repository": {"pullRequest": {"reviewThreads": {"nodes": nodes}}}}


def resolve_thread(variables: dict[str, Any]) -> dict[str, Any]:
    """GraphQL's resolveReviewThread; a thread is named after its first comment."""
    found = world().store.get(ReviewComment, int(str(variables.get("id", "")).removeprefix("PRRT_") or 0))
    if found is None:
        raise ApiError(200, "", [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}])
    found.resolved = True
    world().store.put(found)
    return {"resolveReviewThread": {"thread": {"isResolved": True}}}


GRAPHQL = {"addReaction": add_reaction, "reviewThreads": review_threads, "resolveReviewThread": resolve_thread}
"""What a query does that names one of these."""
