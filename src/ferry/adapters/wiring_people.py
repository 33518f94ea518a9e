"""Composition of where people are: the issue tracker, the chat, and the groups at all vendors."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ferry.adapters.github_http import GitHubApi
    from ferry.adapters.jira import JiraIssueTracker
    from ferry.adapters.wiring import WorldSettings
    from ferry.ports import Chat, Directory, Secrets


class Meeting:
    """A part of `CloudWorld`, as `Watching` is."""

    settings: WorldSettings

    if TYPE_CHECKING:

        @cached_property
        def secrets(self) -> Secrets: ...

        @cached_property
        def github(self) -> GitHubApi: ...

    @cached_property
    def tracker(self) -> JiraIssueTracker:
        from ferry.adapters.jira import JiraIssueTracker

        settings = self.settings
        return JiraIssueTracker(
            settings.jira_base_url,
            settings.jira_email,
            self.secrets.get(settings.jira_token_id),
            project=settings.jira_project,
            issue_type=settings.jira_issue_type,
        )

    @cached_property
    def chat(self) -> Chat:
        from ferry.adapters.slack import SlackChat, web_client

        token = self.secrets.get(self.settings.slack_token_id)
        return SlackChat(web_client(token, self.settings.slack_api_url), self.settings.slack_channel)

    @cached_property
    def directory(self) -> Directory:
        """A vendor's secret is asked for when one of its groups is."""
        from ferry.adapters.directory import VendorDirectory, github_team, slack_group
        from ferry.adapters.slack import web_client

        def in_slack(id: str) -> list[str]:
            token = self.secrets.get(self.settings.slack_token_id)
            return list(slack_group(web_client(token, self.settings.slack_api_url))(id))

        return VendorDirectory({
            "slack-group": in_slack,
            "github-team": lambda name: github_team(self.github)(name),
            "jira-group": lambda name: self.tracker.group(name),
        })  # fmt: skip
