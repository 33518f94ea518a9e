"""Reviews, comments on lines and reactions in GitHub's shape."""

from __future__ import annotations

from local.standins.github.records_talk import Reaction, Review, ReviewComment
from local.standins.github.shapes import Json, Urls, user
from local.standins.github.shapes_pull import reactions

_CONTENT = {"THUMBS_UP": "+1", "THUMBS_DOWN": "-1"}


def review(urls: Urls, of: Review) -> Json:
    web, pull = urls.web(of.repo, f"/pull/{of.number}"), urls.api(of.repo, f"/pulls/{of.number}")
    html = f"{web}#pullrequestreview-{of.id}"
    return {
        "id": of.id,
        "node_id": f"PRR_{of.id}",
        "user": user(urls, of.author),
        "body": of.body,
        "state": of.state,
        "html_url": html,
        "pull_request_url": pull,
        "_links": {"html": {"href": html}, "pull_request": {"href": pull}},
        "submitted_at": of.submitted_at,
        "updated_at": of.submitted_at,
        "commit_id": of.commit,
        "author_association": "MEMBER",
    }


def review_comment(urls: Urls, of: ReviewComment) -> Json:
    url, pull = urls.api(of.repo, f"/pulls/comments/{of.id}"), urls.api(of.repo, f"/pulls/{of.number}")
    html = urls.web(of.repo, f"/pull/{of.number}#discussion_r{of.id}")
    return {
        "id": of.id,
        "node_id": f"PRRC_{of.id}",
        "url": url,
        "html_url": html,
        "pull_request_url": pull,
        "pull_request_review_id": None,
        "diff_hunk": "",
        "path": of.path,
        "line": of.line,
        "original_line": of.line,
        "side": "RIGHT",
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "position": of.line,
        "original_position": of.line,
        "subject_type": "line",
        "commit_id": of.commit,
        "original_commit_id": of.commit,
        "user": user(urls, of.author),
        "body": of.body,
        "created_at": of.created_at,
        "updated_at": of.created_at,
        "author_association": "MEMBER",
        "reactions": reactions(url),
        "_links": {"self": {"href": url}, "html": {"href": html}, "pull_request": {"href": pull}},
        **({"in_reply_to_id": of.reply_to} if of.reply_to else {}),
    }


def reaction(urls: Urls, of: Reaction) -> Json:
    return {
        "id": of.id,
        "node_id": f"REA_{of.id}",
        "user": user(urls, of.author),
        "content": _CONTENT.get(of.content, of.content.lower()),
        "created_at": of.created_at,
    }


def thread(of: ReviewComment, replies: list[ReviewComment]) -> Json:
    """As GraphQL's PullRequestReviewThread shows it."""
    nodes = [{"databaseId": one.id, "body": one.body, "author": {"login": one.author}} for one in (of, *replies)]
    return {"id": f"PRRT_{of.id}", "isResolved": of.resolved, "path": of.path, "line": of.line,
            "comments": {"nodes": nodes}}  # fmt: skip
