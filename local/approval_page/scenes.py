"""The gate's messages for the sample ticket, made by the same functions as Ferry's own; only the facts are staged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import yaml

from ferry.domain.approval import Approval, Decision
from ferry.domain.estimate import Estimate
from ferry.domain.held import Held, HeldFile, HeldFinding
from ferry.domain.messages import approval_request, decided, newer_request, reminder
from ferry.domain.messages.blocks import Rendered
from ferry.domain.messages.form import words_form
from ferry.domain.messages.plan import Facts
from ferry.domain.plan import Plan, PlanRecord
from ferry.domain.policy import Need
from ferry.domain.reminders import Due
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.ticket import Ticket
from ferry.domain.triggers.slack import Click
from local.checkout import ROOT

TASK, AT, ENDS = "FERRY-1-8c1f", "2026-11-23T09:00:00.000+00:00", "2026-11-24T09:00:00.000+00:00"
NOON = "2026-11-23T12:10:00.000+00:00"
ORDER = ("acme/pricing", "acme/checkout")
PEOPLE = ("slack:UAPPROVER1", "slack:UOTHER0002")
FEEDBACK = "Please name every limit in a test, and say what happens to tiers per customer."
SINCE = (
    "*acme/checkout moved* from `1d4e0a7` to `9b02c55`: 2 commits by Mara Lind in `src/acme_checkout/totals.py`, "
    "`README.md`; it touches `src/acme_checkout/totals.py`, `README.md` of this plan",
    "*The ceiling changed* from $10.00 to $5.00",
)


@dataclass(frozen=True)
class Scene:
    """name: of its picture; form: a modal in place of a message."""

    name: str
    title: str
    message: Rendered | None = None
    form: dict[str, Any] | None = None


def scenes() -> tuple[Scene, ...]:
    one, two = _facts(1), _facts(2, before=_record(1))
    pair = _with(replace(one, needs=[Need("", 2, PEOPLE, PEOPLE[:1])]), asked=PEOPLE)
    again = _with(replace(one, spent=95_600), opening=2, since=SINCE, digest=_digest("c"))
    again = replace(again, record=again.record.model_copy(update={"budget_cents": 500}))
    asks = _with(replace(one, spent=140_200, held=[_held()]), opening=2, narrow=True, digest=_digest("d"))
    yes = {"decision": Decision.APPROVED, "decided_by": PEOPLE[0], "decided_at": NOON, "reason": "Go ahead."}
    sent_back = {**yes, "decision": Decision.CHANGES_REQUESTED, "reason": FEEDBACK}
    over = {"decision": Decision.EXPIRED, "decided_at": ENDS, "reason": "nobody decided in time"}
    click = Click(PEOPLE[0], TASK, "a" * 22, one.approval.digest, Decision.CHANGES_REQUESTED, "")
    task = Task(id=TASK, ticket_key="FERRY-1", title="", status=TaskStatus.PLANNING, created_at=AT, updated_at=AT)
    due = Due("reminder", "reminded", NOON, PEOPLE[:1])
    newer = newer_request(two.approval, "https://acme.slack.com/archives/C0FERRY01/p1795435800000000")
    return (
        Scene("request", "The request", approval_request(one)),
        Scene("two-approvers", "Two approvals are needed, one is there", approval_request(pair)),
        Scene("reopened", "Approved, then something underneath changed", approval_request(again)),
        Scene("permission", "A finished change needs permission", approval_request(asks)),
        Scene("modal", "“Request changes” without words", form=words_form(click)),
        Scene("sent-back", "Sent back, and replaced by the next plan", decided(_with(one, **sent_back), newer)),
        Scene("revision", "Plan 2, with what changed", approval_request(two)),
        Scene("reminder", "The reminder", reminder(one.approval, due, task)),
        Scene("decided", "Approved", decided(_with(two, **yes))),
        Scene("expired", "Expired", decided(_with(one, **over))),
    )


def _with(facts: Facts, **changes: Any) -> Facts:
    return replace(facts, approval=facts.approval.model_copy(update=changes))


def _facts(revision: int, before: PlanRecord | None = None) -> Facts:
    record = _record(revision)
    hours = sum(task.hours for task in record.plan.tasks)
    approval = Approval(
        id="a" * 22,
        task_id=TASK,
        revision=revision,
        digest=_digest("ab"[revision - 1]),
        requested_at=AT,
        expires_at=ENDS,
        asked=PEOPLE[:1],
        estimate=Estimate(least=hours * 15_000, likely=hours * 30_000, most=hours * 60_000, hours=hours),
    )
    return Facts(approval, record, _ticket(), _pulls(record), spent=61_300 + 30_000 * (revision - 1), before=before)


def _held() -> Held:
    path = "tests/test_totals.py"
    before = "def test_shipping(cart):\n    assert order_totals(cart, 'DE').shipping == Money(490, 'EUR')\n"
    after = (
        "\n\ndef test_a_discount_is_never_negative(cart):\n    totals = order_totals(cart, 'DE')\n"
        "    if totals.volume_by_item:\n        assert totals.volume.minor > 0\n"
    )
    message = "the new test test_a_discount_is_never_negative asserts only under a condition"
    return Held(
        task_id=TASK,
        plan="",
        repo=ORDER[1],
        item="T2",
        findings=(HeldFinding(rule="new-test-guarded", path=path, line=7, message=message),),
        files=(HeldFile(path=path, before=before.encode(), after=(before + after).encode()),),
        summary="The order total takes the volume discount off each item first, then the coupon.",
        commit_message="",
    )


def _record(revision: int) -> PlanRecord:
    return PlanRecord(
        task_id=TASK,
        revision=revision,
        plan=_plan(revision),
        ticket="",
        bases={},
        order=ORDER,
        branch="feature/FERRY-1-volume-discount",
        budget_cents=1000,
        feedback=FEEDBACK if revision > 1 else "",
    )


def _plan(revision: int) -> Plan:
    """What the scripted model hands in, from the screenplay itself."""
    played = yaml.safe_load((ROOT / "local" / "screenplay" / "planning.yaml").read_text("utf-8"))
    wanted = {"revision": str(revision)} if revision > 1 else {}
    [scene] = [one for one in played if one["when"] == wanted]
    return Plan.model_validate(scene["replies"][-1]["calls"][-1]["input"])


def _ticket() -> Ticket:
    sample = yaml.safe_load((ROOT / "local" / "sample" / "ticket.yaml").read_text("utf-8"))
    facts = {"key": "FERRY-1", "title": sample["summary"], "text": sample["description"], "author": "Mara Lind"}
    url = "https://acme.atlassian.net/browse/FERRY-1"
    return Ticket.model_validate({**facts, "url": url, "triggered_by": "", "triggered_at": AT})


def _pulls(record: PlanRecord) -> list[PullRequest]:
    made = [(place, repo, f"https://github.com/{repo}/pull/{40 + place}") for place, repo in enumerate(ORDER, 1)]
    return [
        PullRequest(repo=repo, number=40 + n, branch=record.branch, url=url, base="", head="", position=n)
        for n, repo, url in made
    ]


def _digest(letter: str) -> str:
    return f"3f9{letter}27d0c4e8a165" * 4
