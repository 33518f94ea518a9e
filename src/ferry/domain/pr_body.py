"""The text of a pull request: what, why, in which order, and the proof. Rendered again whenever one of them changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ferry.domain.document import Document
from ferry.domain.plan import PlanRecord, PlanTask
from ferry.domain.proof import Proof
from ferry.domain.proof.table import table
from ferry.domain.task import PullRequest
from ferry.domain.ticket import Ticket

# GitHub refuses a body of more than 65,536 characters.
PLAN_LIMIT, PROOF_LIMIT = 30_000, 20_000


class ProofRow(Document):
    """One plan task, done and proved. base: what its test said on the base; head: what the suite said on the head;
    proof: of each test, None for what was proved before there was one."""

    item: str
    summary: str
    test_file: str
    base: str
    head: str
    commit: str
    proof: Proof | None = None


def render(
    record: PlanRecord,
    ticket: Ticket,
    pulls: Sequence[PullRequest],
    repo: str,
    done: Sequence[ProofRow],
    asks: str = "",
) -> str:
    """Markdown of the pull request of `repo`. pulls: the change set so far, this one included or not yet; asks: how it
    is approved here, as Markdown, while that is waited for."""
    plan = _plan(record, repo)
    sections = (
        _why(record, ticket),
        asks,
        _order(record, pulls, repo),
        _proof(done),
        plan if len(plan) < PLAN_LIMIT else "The plan is too long to be shown here; it is in the task's record.",
        f"<sub>Task `{record.task_id}` · plan revision {record.revision} · plan's digest `{record.digest[:12]}`</sub>",
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _why(record: PlanRecord, ticket: Ticket) -> str:
    return f"{plain(record.plan.summary)}\n\nFor [{plain(ticket.key)}: {plain(ticket.title)}]({_url(ticket.url)})."


def _order(record: PlanRecord, pulls: Sequence[PullRequest], repo: str) -> str:
    if len(record.order) < 2:
        return ""
    known = {pull.repo: pull for pull in pulls}
    lines = [
        f"{place}. {_link(name, known.get(name), here=name == repo)}" for place, name in enumerate(record.order, 1)
    ]
    return "### Merge order\n\n" + "\n".join(lines)


def _link(name: str, pull: PullRequest | None, *, here: bool) -> str:
    text = f"[{name}#{pull.number}]({pull.url})" if pull else f"`{name}` (not opened yet)"
    return f"{text} ← this one" if here else text


def _proof(done: Sequence[ProofRow]) -> str:
    if not done:
        return ""
    rows = (
        f"| {row.item} | {_cell(row.summary)} | {_code(row.test_file)} | {_cell(row.base)} | {_cell(row.head)} "
        f"| {row.commit[:7]} |"
        for row in done
    )
    head = "| task | what was done | test | on the base | on the head | commit |\n| --- | --- | --- | --- | --- | --- |"
    tables = table([(row.item, row.proof) for row in done if row.proof], cell=_cell, code=_name, room=PROOF_LIMIT)
    return "### Proof\n\n" + "\n".join((head, *rows)) + (f"\n\n{tables}" if tables else "")


def _plan(record: PlanRecord, repo: str) -> str:
    tasks = _lines(_task(task) for task in record.plan.tasks_of(repo))
    risk = f"**Risk:** {record.plan.risk} — {plain(record.plan.risk_reason)}"
    rollback = f"**Rollback:** {plain(record.plan.rollback)}"
    return f"<details><summary>Plan for this repository</summary>\n\n{tasks}\n\n{risk}\n\n{rollback}\n\n</details>"


def _task(task: PlanTask) -> str:
    after = f" (after {', '.join(task.depends_on)})" if task.depends_on else ""
    return f"**{task.id}** {plain(task.description)} — {_code(task.file)}, test first in {_code(task.test_file)}{after}"


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|")


def _code(path: str) -> str:
    return "`" + re.sub(r"[`|\s]", "", path) + "`"


def _name(id: str) -> str:
    """A test's id, which may have spaces."""
    return "`" + re.sub(r"[`|]", "", " ".join(id.split()))[:140] + "`"


def plain(text: str) -> str:
    """Text of a model or a ticket on one line, without the power to open HTML, mention people or close issues."""
    line = " ".join(text.split()).replace("<", "&lt;").replace("[", "\\[").replace("]", "\\]")
    return re.sub(r"[@#](?=\w)", lambda sign: f"{sign[0]}\u200b", line)


def _url(url: str) -> str:
    return re.sub(r"[\s()<>]", lambda sign: f"%{ord(sign[0]):02X}", url)
