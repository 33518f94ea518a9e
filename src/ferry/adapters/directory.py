"""Groups at Slack, GitHub and Jira behind `Directory`: each vendor is asked for its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote

from slack_sdk import WebClient

from ferry.adapters.github_http import GitHubApi
from ferry.adapters.slack import translated
from ferry.domain.errors import NotFound

Read = Callable[[str], Iterable[str]]
PEOPLE_OF = {"slack-group": "slack", "github-team": "github", "jira-group": "jira"}


class VendorDirectory:
    """readers: by kind of group, from the vendor's name for it to the vendor's names of its people."""

    def __init__(self, readers: Mapping[str, Read]) -> None:
        self._readers = readers

    def members(self, group: str) -> frozenset[str]:
        kind, _, name = group.partition(":")
        if kind not in self._readers:
            raise NotFound(f"{group}: there are groups of {', '.join(self._readers)} alone")
        return frozenset(f"{PEOPLE_OF[kind]}:{id}" for id in self._readers[kind](name))


def slack_group(client: WebClient) -> Read:
    """Needs the scope usergroups:read (https://docs.slack.dev/reference/methods/usergroups.users.list)."""

    def read(id: str) -> list[str]:
        with translated("usergroups.users.list"):
            return list(client.usergroups_users_list(usergroup=id)["users"])

    return read


def github_team(api: GitHubApi) -> Read:
    """With members of its child teams (docs.github.com, "List team members"); an App needs "Members: read" of the
    organisation."""

    def read(name: str) -> list[str]:
        org, _, slug = name.partition("/")
        path = f"/orgs/{quote(org, safe='')}/teams/{quote(slug, safe='')}/members"
        return [str(member["login"]).lower() for member in api.pages(path, {})]

    return read
