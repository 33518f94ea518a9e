"""The discovery and the plan that seeded tasks have."""

from __future__ import annotations

from ferry.domain.discovery import Discovery, FileKind, Level, RankedFile, RankedRepository
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
