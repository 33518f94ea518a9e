"""What the demo says of money: the ledger by step, the estimate beside what it came to, and AWS's own part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ferry.domain.approval import Approval, Decision
from ferry.domain.estimate import METHOD, Comparison, compared
from ferry.domain.ledger import LedgerEntry, cached, dollars, total
from ferry.domain.paid_steps import HOW, PaidStep
from ferry.domain.task import TaskStatus

Json = Mapping[str, Any]


def print_money(story: Json, aws: Sequence[PaidStep], console: Console) -> None:
    """story: as the status API tells it."""
    ledger = [LedgerEntry.read(dict(entry), "ledger") for entry in story["ledger"]]
    console.print()
    if not ledger:
        return
    console.print("Tokens and money", style="bold")
    console.print(money_table(ledger))
    if comparison := comparison_in(story, ledger):
        console.print("Estimate against actual, from the approval to the end", style="bold")
        console.print(estimate_table(comparison))
        told = f"The estimate: {comparison.estimate.hours} h of planned work, {METHOD}.\n"
        console.print(told, style="dim", highlight=False)
    elif story["approvals"]:
        console.print("Nothing was estimated: the plan cost nothing to go by.\n", style="dim")
    if aws:
        console.print("What AWS would take beside, in the cloud", style="bold")
        console.print(aws_table(aws, total(ledger)))
        console.print(f"{HOW.capitalize()}.\n", style="dim", highlight=False)
    if {entry.model for entry in ledger} == {"scripted"}:
        console.print("The scripted model costs nothing; its tokens are priced as Claude Sonnet's.\n", style="dim")


def comparison_in(story: Json, ledger: Sequence[LedgerEntry]) -> Comparison | None:
    asked = [Approval.read(dict(one), "approval") for one in story["approvals"]]
    approved = [one for one in asked if one.decision is Decision.APPROVED]
    done = story["task"]["status"] == TaskStatus.SUCCEEDED
    return compared(approved[-1].estimate, ledger, approved[-1].decided_at, done=done) if approved else None


def estimate_table(found: Comparison) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("least", "likely", "most", "actual", ""):
        table.add_column(name, justify="right", no_wrap=True)
    told = found.estimate
    money = [dollars(each) for each in (told.least, told.likely, told.most, found.spent)]
    table.add_row(*money, found.verdict)
    return table


def aws_table(aws: Sequence[PaidStep], tokens: int) -> Table:
    """tokens: what these cost, in micro-dollars."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("service", no_wrap=True)
    for name in ("used", "money"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in aws:
        table.add_row(one.name, one.detail, dollars(one.micro_dollars))
    table.add_section()
    together = tokens + sum(one.micro_dollars for one in aws)
    table.add_row("together with the tokens", "", dollars(together), style="bold")
    return table


def money_table(ledger: Sequence[LedgerEntry]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("step", no_wrap=True)
    for name in ("calls", "tokens in", "from cache", "tokens out", "time", "money"):
        table.add_column(name, justify="right", no_wrap=True)
    for step in dict.fromkeys(entry.step for entry in ledger):
        table.add_row(*_row(step, [entry for entry in ledger if entry.step == step]))
    table.add_section()
    table.add_row(*_row("total", ledger), style="bold")
    return table


def _row(name: str, entries: Sequence[LedgerEntry]) -> tuple[str, ...]:
    used = [entry.usage for entry in entries]
    asked, read, said = (sum(part) for part in zip(*((u.asked, u.cache_read, u.output) for u in used), strict=True))
    counts = (f"{len(entries):,}", f"{asked:,}", cached(read, asked), f"{said:,}")
    seconds = sum(entry.milliseconds for entry in entries) / 1000
    return (name, *counts, f"{seconds:.1f} s", dollars(total(entries)))
