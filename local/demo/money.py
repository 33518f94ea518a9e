"""What the demo says of money: the ledger by step, the estimate beside what it came to, and AWS's own part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ferry.domain.approval import Approval, Decision
from ferry.domain.estimate import Comparison, compared
from ferry.domain.ledger import LedgerEntry, dollars, total
from ferry.domain.paid_steps import HOW, PaidStep

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
    if aws:
        said = ", ".join(f"{one.name} {dollars(one.micro_dollars)} for {one.count:g} {one.unit}" for one in aws)
        console.print(f"In the cloud AWS would take beside: {said}.\n{HOW.capitalize()}.", style="dim", highlight=False)
    if {entry.model for entry in ledger} == {"scripted"}:
        console.print("The scripted model costs nothing; its tokens are priced as Claude Sonnet's.\n", style="dim")


def comparison_in(story: Json, ledger: Sequence[LedgerEntry]) -> Comparison | None:
    asked = [Approval.read(dict(one), "approval") for one in story["approvals"]]
    approved = [one for one in asked if one.decision is Decision.APPROVED]
    return compared(approved[-1].estimate, ledger, approved[-1].decided_at) if approved else None


def estimate_table(found: Comparison) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("least", "likely", "most", "actual", ""):
        table.add_column(name, justify="right", no_wrap=True)
    told = found.estimate
    money = [dollars(each) for each in (told.least, told.likely, told.most, found.spent)]
    table.add_row(*money, f"{found.verdict} the range")
    return table


def money_table(ledger: Sequence[LedgerEntry]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("step", no_wrap=True)
    for name in ("calls", "in", "out", "cache read", "cache write", "time", "money"):
        table.add_column(name, justify="right", no_wrap=True)
    for step in dict.fromkeys(entry.step for entry in ledger):
        table.add_row(*_row(step, [entry for entry in ledger if entry.step == step]))
    table.add_section()
    table.add_row(*_row("total", ledger), style="bold")
    return table


def _row(name: str, entries: Sequence[LedgerEntry]) -> tuple[str, ...]:
    used = [entry.usage for entry in entries]
    parts = ((u.input, u.output, u.cache_read, u.cache_write + u.cache_write_1h) for u in used)
    tokens = [sum(part) for part in zip(*parts, strict=True)]
    seconds = sum(entry.milliseconds for entry in entries) / 1000
    return (name, str(len(entries)), *(f"{count:,}" for count in tokens), f"{seconds:.1f} s", dollars(total(entries)))
