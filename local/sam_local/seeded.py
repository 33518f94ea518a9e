"""The discovery, the question and the plan that seeded tasks have."""

from __future__ import annotations

from ferry.domain.discovery import Discovery, FileKind, Level, RankedFile, RankedRepository
from ferry.domain.inquiry import Inquiry
from ferry.domain.plan import CaseLevel, Component, Plan, PlannedTest, PlanTask

REPO = "acme/pricing"
FILE, TEST_FILE = "src/acme_pricing/rounding.py", "tests/test_rounding.py"
DISCOVERY = Discovery(
    repositories=(
        RankedRepository(
            name=REPO,
            relevance=0.9,
            reason="It rounds",
            evidence=("rounding.py names the rule",),
            files=(RankedFile(path=FILE, kind=FileKind.SOURCE, relevance=0.9),),
        ),
    ),
    complexity=Level.LOW,
    approach="Round each line",
)
PLAN = Plan(
    summary="Round the tax of each line",
    scope_in=("Rounding per line",),
    scope_out=("Past invoices",),
    components=(Component(repo=REPO, path=FILE, change="Round once per line"),),
    data_flow="line → tax → rounded tax → total",
    test_strategy=(PlannedTest(level=CaseLevel.UNIT, repo=REPO, file=TEST_FILE, assertion="Lines add up"),),
    tasks=(PlanTask(id="T1", description="Round per line", repo=REPO, file=FILE, test_file=TEST_FILE, hours=1),),
    security=("None: no input from outside",),
    rollback="Revert the commit",
    risk=Level.LOW,
    risk_reason="One function",
)


def unanswered(task_id: str) -> Inquiry:
    """Asked a day ago, for an hour."""
    begun, over = "2026-11-20T12:00:00.000+00:00", "2026-11-20T13:00:00.000+00:00"
    return Inquiry(
        id=f"inquiry-{task_id}", task_id=task_id, candidates=(REPO,), confidence=0.4, asked_at=begun, expires_at=over
    )
