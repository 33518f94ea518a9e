"""Replies in GitHub's shape: users, repositories, apps. All fields that its schemas require.

`Urls` carries the base URL and the organisation; nothing here reads a record or a clock.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
BORN = "2024-01-01T00:00:00Z"
ACTIONS, FERRY = "github-actions", "ferry"

_REPO_LINKS = (
    "archive_url:/{archive_format}{/ref} assignees_url:/assignees{/user} blobs_url:/git/blobs{/sha} "
    "branches_url:/branches{/branch} collaborators_url:/collaborators{/collaborator} comments_url:/comments{/number} "
    "commits_url:/commits{/sha} compare_url:/compare/{base}...{head} contents_url:/contents/{+path} "
    "contributors_url:/contributors deployments_url:/deployments downloads_url:/downloads events_url:/events "
    "forks_url:/forks git_commits_url:/git/commits{/sha} git_refs_url:/git/refs{/sha} git_tags_url:/git/tags{/sha} "
    "hooks_url:/hooks issue_comment_url:/issues/comments{/number} issue_events_url:/issues/events{/number} "
    "issues_url:/issues{/number} keys_url:/keys{/key_id} labels_url:/labels{/name} languages_url:/languages "
    "merges_url:/merges milestones_url:/milestones{/number} notifications_url:/notifications{?since,all,participating} "
    "pulls_url:/pulls{/number} releases_url:/releases{/id} stargazers_url:/stargazers statuses_url:/statuses/{sha} "
    "subscribers_url:/subscribers subscription_url:/subscription tags_url:/tags teams_url:/teams "
    "trees_url:/git/trees{/sha}"
)
_USER_LINKS = (
    "followers_url:/followers following_url:/following{/other_user} gists_url:/gists{/gist_id} "
    "starred_url:/starred{/owner}{/repo} subscriptions_url:/subscriptions organizations_url:/orgs repos_url:/repos "
    "events_url:/events{/privacy} received_events_url:/received_events"
)


def number(text: str) -> int:
    """A stable id for what has no record."""
    return zlib.crc32(text.encode()) or 1


def _links(base: str, table: str) -> Json:
    return {key: base + path for key, path in (item.split(":", 1) for item in table.split(" "))}


@dataclass(frozen=True)
class Urls:
    """base: the stand-in's URL without a slash; org: the one organisation."""

    base: str
    org: str

    def api(self, repo: str, path: str = "") -> str:
        return f"{self.base}/repos/{self.org}/{repo}{path}"

    def web(self, repo: str, path: str = "") -> str:
        return f"{self.base}/{self.org}/{repo}{path}"


def user(urls: Urls, login: str) -> Json:
    kind = "Bot" if login.endswith("[bot]") else "Organization" if login == urls.org else "User"
    url = f"{urls.base}/users/{login.replace('[', '%5B').replace(']', '%5D')}"
    return {
        "login": login,
        "id": number(f"user {login}"),
        "node_id": f"U_{number(login)}",
        "avatar_url": f"{urls.base}/_standin/avatar.svg",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{urls.base}/{login.replace('[', '%5B').replace(']', '%5D')}",
        **_links(url, _USER_LINKS),
        "type": kind,
        "site_admin": False,
    }


def repository(urls: Urls, name: str, default_branch: str, pushed_at: str) -> Json:
    counts = "forks_count stargazers_count watchers_count size open_issues_count subscribers_count network_count"
    return {
        "id": number(f"repo {name}"),
        "node_id": f"R_{number(name)}",
        "name": name,
        "full_name": f"{urls.org}/{name}",
        "owner": user(urls, urls.org),
        "private": False,
        "visibility": "public",
        "html_url": urls.web(name),
        "description": None,
        "url": urls.api(name),
        **_links(urls.api(name), _REPO_LINKS),
        "git_url": f"git://{urls.base.partition('://')[2]}/{urls.org}/{name}.git",
        "ssh_url": f"git@localhost:{urls.org}/{name}.git",
        "clone_url": urls.web(name, ".git"),
        "svn_url": urls.web(name),
        **dict.fromkeys(("mirror_url", "homepage", "language", "license"), None),
        **dict.fromkeys(counts.split(), 0),
        **dict.fromkeys(("forks", "open_issues", "watchers"), 0),
        **dict.fromkeys(("has_issues", "has_downloads", "allow_merge_commit"), True),
        **dict.fromkeys(("has_projects", "has_wiki", "has_pages", "has_discussions"), False),
        **dict.fromkeys(("fork", "archived", "disabled", "is_template", "web_commit_signoff_required"), False),
        "allow_forking": True,
        "topics": [],
        "default_branch": default_branch,
        "permissions": {"admin": False, "maintain": False, "push": True, "triage": True, "pull": True},
        "pushed_at": pushed_at,
        "created_at": BORN,
        "updated_at": pushed_at,
    }


def app(urls: Urls, slug: str) -> Json:
    owner = user(urls, "github" if slug == ACTIONS else urls.org)
    return {
        "id": 15368 if slug == ACTIONS else number(f"app {slug}"),
        "slug": slug,
        "client_id": f"Iv1.{number(slug):08x}",
        "node_id": f"A_{number(slug)}",
        "owner": owner,
        "name": "GitHub Actions" if slug == ACTIONS else slug.capitalize(),
        "description": None,
        "external_url": urls.base,
        "html_url": f"{urls.base}/apps/{slug}",
        "created_at": BORN,
        "updated_at": BORN,
        "permissions": {"actions": "write", "checks": "write", "contents": "write", "metadata": "read"},
        "events": ["check_run", "check_suite", "issue_comment", "pull_request", "push", "workflow_run"],
    }
