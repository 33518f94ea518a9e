"""Who may trigger Ferry, per vendor. Each rule gives a reason for the receipt, "" when the person may."""

from __future__ import annotations

from dataclasses import dataclass

# docs.github.com, "CommentAuthorAssociation": these three were let in by the repository's owner. CONTRIBUTOR only ever
# had a change merged, and everybody else is a passer-by.
STRANGERS = {"app": "an app", "customer": "a customer of the service desk"}


@dataclass(frozen=True)
class JiraActor:
    """account_type: Jira's ``accountType``; empty where an old payload carries none."""

    account: str
    name: str = ""
    account_type: str = ""


@dataclass(frozen=True)
class JiraPeople:
    """own: Ferry's account id; allowed: account ids that may trigger.

    With nobody in `allowed`, every person may whom Jira itself lets edit the ticket, but no app and no customer of a
    service desk. An app that shall trigger (an automation rule) is named in `allowed`.
    """

    own: str = ""
    allowed: frozenset[str] = frozenset()

    def refusal(self, actor: JiraActor) -> str:
        if self.own and actor.account == self.own:
            return "Ferry's own account made this change"
        if actor.account in self.allowed:
            return ""
        name = actor.name or actor.account or "somebody without an account"
        if self.allowed:
            return f"{name} is not among those who may trigger Ferry in Jira (JiraTriggerers)"
        if actor.account_type in STRANGERS:
            return f"{name} is {STRANGERS[actor.account_type]}; name the account in JiraTriggerers to let it trigger"
        return ""


NOBODY_SPECIAL = JiraPeople()


@dataclass(frozen=True)
class SlackPeople:
    """approvers: who may decide; allowed: who else may steer (retry, stop). Everybody in the workspace may look."""

    approvers: frozenset[str]
    allowed: frozenset[str] = frozenset()

    def refusal(self, user: str) -> str:
        """Of a wish that changes something; with nobody in `allowed`, only approvers may."""
        if user in self.approvers | self.allowed:
            return ""
        return "you are not among those who may steer Ferry in Slack (Approvers, SlackUsers)"
