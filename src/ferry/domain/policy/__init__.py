"""Who may decide about a plan, how many of them it takes, and when they are called."""

from __future__ import annotations

from ferry.domain.policy.document import Delegation, Escalation, Policy, Rule, WorkingHours
from ferry.domain.policy.evaluate import Need, Verdict, evaluate, may, may_choose, may_teach
from ferry.domain.policy.matter import Matter, applying
from ferry.domain.policy.people import Groups
from ferry.domain.policy.read import parse_policy, read_gate, read_policy

__all__ = [
    "Delegation",
    "Escalation",
    "Groups",
    "Matter",
    "Need",
    "Policy",
    "Rule",
    "Verdict",
    "WorkingHours",
    "applying",
    "evaluate",
    "may",
    "may_choose",
    "may_teach",
    "parse_policy",
    "read_gate",
    "read_policy",
]
