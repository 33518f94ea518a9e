"""What admission is told by configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ferry.domain.admission.budget import DEFAULT, Budget
from ferry.domain.admission.people import JiraPeople, SlackPeople
from ferry.domain.incident import DEFAULTS
from ferry.domain.policy import Policy, read_policy
from ferry.domain.triggers.comment import MENTIONS


@dataclass(frozen=True)
class Rules:
    """label: what starts a task; own_account: Jira account id that is Ferry; approvers: Slack users who may steer, and
    decide where there is no policy; policy: who may decide about a plan;
    max_revisions: how many plans a person may ask for; lease_seconds: longer than a worker may take;
    jira_triggerers: Jira account ids that may trigger (empty: see `JiraPeople`); slack_users: who may steer beside the
    approvers; own_login: Ferry's login at GitHub; budget: how often work may start; mentions: what calls Ferry at the
    beginning of a comment; thresholds: events in 24 hours by level, from which on an error is an incident."""

    label: str
    own_account: str
    approvers: frozenset[str]
    max_revisions: int
    lease_seconds: int = 60
    jira_triggerers: frozenset[str] = frozenset()
    slack_users: frozenset[str] = frozenset()
    own_login: str = ""
    budget: Budget = DEFAULT
    mentions: tuple[str, ...] = MENTIONS
    thresholds: Mapping[str, int] = field(default_factory=lambda: DEFAULTS)
    policy: Policy | None = None

    @property
    def jira(self) -> JiraPeople:
        return JiraPeople(self.own_account, self.jira_triggerers)

    @property
    def deciding(self) -> Policy:
        return self.policy or read_policy("", sorted(self.approvers))

    @property
    def slack(self) -> SlackPeople:
        return SlackPeople(self.approvers, self.slack_users)
