"""Pull requests, comments and labels in GitHub's shape."""

from __future__ import annotations

from dataclasses import dataclass

from local.standins.github.records import Comment, Pull
from local.standins.github.shapes import Json, Urls, number, user


@dataclass(frozen=True)
class PullFacts:
    """What git says about a pull request: sizes, and whether base and head merge."""

    commits: int
    files: int
    additions: int
    deletions: int
    mergeable: bool | None


def label(urls: Urls, repo: str, name: str) -> Json:
    return {
        "id": number(f"label {repo} {name}"),
        "node_id": f"LA_{number(name)}",
        "url": urls.api(repo, f"/labels/{name}"),
        "name": name,
        "description": None,
        "color": "ededed",
        "default": False,
    }


def pull_links(urls: Urls, pull: Pull) -> dict[str, str]:
    api, issue = urls.api(pull.repo, f"/pulls/{pull.number}"), urls.api(pull.repo, f"/issues/{pull.number}")
    return {
        "self": api,
        "html": urls.web(pull.repo, f"/pull/{pull.number}"),
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{api}/comments",
        "review_comment": urls.api(pull.repo, "/pulls/comments{/number}"),
        "commits": f"{api}/commits",
        "statuses": urls.api(pull.repo, f"/statuses/{pull.head_sha}"),
    }


def simple_pull(urls: Urls, pull: Pull, repository: Json) -> Json:
    """Of the list; `full_pull` adds what one pull request has more."""
    links = pull_links(urls, pull)

    def side(branch: str, sha: str) -> Json:
        owner = user(urls, urls.org)
        return {"label": f"{urls.org}:{branch}", "ref": branch, "sha": sha, "user": owner, "repo": repository}

    return {
        "url": links["self"],
        "id": pull.id,
        "node_id": f"PR_{pull.id}",
        "html_url": links["html"],
        "diff_url": f"{links['html']}.diff",
        "patch_url": f"{links['html']}.patch",
        "issue_url": links["issue"],
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": user(urls, pull.author),
        "body": pull.body,
        "labels": [label(urls, pull.repo, name) for name in pull.labels],
        "created_at": pull.created_at,
        "updated_at": pull.updated_at,
        "closed_at": pull.closed_at,
        "merged_at": pull.merged_at,
        **dict.fromkeys(("milestone", "assignee", "auto_merge", "active_lock_reason"), None),
        "merge_commit_sha": pull.merge_sha or None,
        **{key: [] for key in ("assignees", "requested_reviewers", "requested_teams")},
        "head": side(pull.head, pull.head_sha),
        "base": side(pull.base, pull.base_sha),
        "_links": {key: {"href": href} for key, href in links.items()},
        "author_association": "CONTRIBUTOR",
        "draft": pull.draft,
    }


def full_pull(urls: Urls, pull: Pull, repository: Json, facts: PullFacts, comments: int) -> Json:
    state = "draft" if pull.draft else "dirty" if facts.mergeable is False else "clean"
    return simple_pull(urls, pull, repository) | {
        "merged": pull.merged_at is not None,
        "mergeable": facts.mergeable,
        "rebaseable": facts.mergeable,
        "mergeable_state": state,
        "merged_by": None,
        "comments": comments,
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": facts.commits,
        "additions": facts.additions,
        "deletions": facts.deletions,
        "changed_files": facts.files,
    }


def minimal_pull(urls: Urls, pull: Pull) -> Json:
    """As runs, suites and check runs list it."""
    repo = {"id": number(f"repo {pull.repo}"), "url": urls.api(pull.repo), "name": pull.repo}
    return {
        "id": pull.id,
        "number": pull.number,
        "url": urls.api(pull.repo, f"/pulls/{pull.number}"),
        "head": {"ref": pull.head, "sha": pull.head_sha, "repo": repo},
        "base": {"ref": pull.base, "sha": pull.base_sha, "repo": repo},
    }


def comment(urls: Urls, of: Comment) -> Json:
    url = urls.api(of.repo, f"/issues/comments/{of.id}")
    return {
        "id": of.id,
        "node_id": f"IC_{of.id}",
        "url": url,
        "html_url": urls.web(of.repo, f"/pull/{of.number}#issuecomment-{of.id}"),
        "issue_url": urls.api(of.repo, f"/issues/{of.number}"),
        "user": user(urls, of.author),
        "body": of.body,
        "created_at": of.created_at,
        "updated_at": of.updated_at,
        "author_association": "CONTRIBUTOR" if of.author.endswith("[bot]") else "MEMBER",
        "performed_via_github_app": None,
        "reactions": reactions(url),
    }


def issue(urls: Urls, pull: Pull, comments: int) -> Json:
    """A pull request seen as an issue, as `issue_comment` carries it."""
    url = urls.api(pull.repo, f"/issues/{pull.number}")
    simple = simple_pull(urls, pull, {})
    same = "id node_id number title user body labels state locked milestone assignee assignees created_at updated_at"
    links = {name: f"{url}/{name.removesuffix('_url')}" for name in ("comments_url", "events_url")}
    return {
        **{key: simple[key] for key in f"{same} closed_at author_association active_lock_reason draft".split()},
        **links,
        "labels_url": f"{url}/labels{{/name}}",
        "url": url,
        "repository_url": urls.api(pull.repo),
        "html_url": simple["html_url"],
        "comments": comments,
        "reactions": reactions(url),
        "performed_via_github_app": None,
        "pull_request": {key: simple[key] for key in ("url", "html_url", "diff_url", "patch_url")}
        | {"merged_at": None},
    }


def reactions(url: str) -> Json:
    kinds = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
    return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(kinds, 0)}
