"""PLAN.md: a plan as a person reads it in the pull request. The words are a model's, so none of them is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from string import Template

from ferry.domain.conventions import Convention
from ferry.domain.lesson import Lesson
from ferry.domain.plan import CaseLevel, Plan, PlannedTest, PlanRecord, PlanTask
from ferry.domain.pr_body import plain
from ferry.domain.ticket import Ticket

PLAN_FILE = "PLAN.md"
NOTHING = "- Nothing"

_STARTS_A_BLOCK = re.compile(r"^(?:[#>*+~`=_|-]|\d+(?=[.)]))")


def render(record: PlanRecord, ticket: Ticket) -> str:
    """Every section of the plan's contract, and what an approval covers."""
    return Template(_template()).substitute(_texts(record, ticket))


def is_plan_of(text: str, task_id: str) -> bool:
    """Whether `text` is a PLAN.md that this task wrote."""
    return text.startswith(f"{_mark(task_id)}\n")


def _mark(task_id: str) -> str:
    """HTML, which no text of a model can be."""
    return f"<!-- Ferry task {task_id} -->"


def prose(text: str) -> str:
    """One line of text that begins no heading, list, quote, fence, rule or table, whatever it is."""
    return _STARTS_A_BLOCK.sub(lambda start: f"{start[0]}\\" if start[0].isdigit() else f"\\{start[0]}", plain(text))


def code(text: str) -> str:
    """A path or a name, as a code span that it cannot leave."""
    return f"`{' '.join(text.replace('`', ' ').split()) or ' '}`"


def _texts(record: PlanRecord, ticket: Ticket) -> dict[str, str]:
    plan = record.plan
    return {
        "mark": _mark(record.task_id),
        "title": prose(f"{ticket.key}: {ticket.title}"),
        "ticket": _link(plain(ticket.key), ticket.url),
        "revision": str(record.revision),
        "branch": record.branch,
        "hours": f"{sum(task.hours for task in plan.tasks)} hours",
        "count": "one repository" if len(record.order) == 1 else f"{len(record.order)} repositories",
        "feedback": f"\nAsked to change:\n\n> {prose(record.feedback)}\n" if record.feedback else "",
        "summary": prose(plan.summary),
        "scope_in": _bullets(map(prose, plan.scope_in)),
        "scope_out": _bullets(map(prose, plan.scope_out)),
        "components": _bullets(f"{code(p.repo)} {code(p.path)} — {plain(p.change)}" for p in plan.components),
        "conventions": _bullets(_convention(one, record.bases.get(one.repo, "")) for one in record.conventions),
        "data_flow": prose(plan.data_flow),
        "test_strategy": _tests(plan),
        "tasks": _bullets(map(_task, plan.tasks)),
        "order": _numbered(map(code, record.order)),
        "cross_repo_steps": _numbered(map(prose, plan.cross_repo_steps)),
        "security": _bullets(map(prose, plan.security)),
        "risk": str(plan.risk),
        "risk_reason": plain(plan.risk_reason),
        "rollback": prose(plan.rollback),
        "lessons": _lessons(record.lessons),
        "task_id": record.task_id,
        "digest": record.digest,
        "budget": f"${record.budget_cents / 100:.2f}",
        "bases": _bullets(f"{code(repo)} at {code(sha)}" for repo, sha in record.bases.items()),
    }


def _convention(one: Convention, sha: str) -> str:
    cut = "" if one.whole else f", only its first {one.shown:,} of {one.size:,} characters"
    return f"{code(one.repo)} {code(one.path)} at {code(sha[:7])}{cut if one.shown else ', not read for this plan'}"


def _tests(plan: Plan) -> str:
    kinds = ((level, [case for case in plan.test_strategy if case.level is level]) for level in CaseLevel)
    return "\n\n".join(f"{level.value.capitalize()}:\n\n{_bullets(map(_case, cases))}" for level, cases in kinds)


def _case(case: PlannedTest) -> str:
    return f"{code(case.repo)} {code(case.file)} — {plain(case.assertion)}"


def _task(task: PlanTask) -> str:
    after = f"; after {', '.join(task.depends_on)}" if task.depends_on else ""
    where = f"{code(task.repo)} {code(task.file)}, test first in {code(task.test_file)}"
    return f"**{task.id}** {plain(task.description)} — {where} ({task.hours} h{after})"


def _lessons(lessons: Iterable[Lesson]) -> str:
    """A section of its own, where there are any: what else than the ticket this plan was made with, and who said so."""
    lines = [f"{_origin(one)} {code(one.repo)} {plain(one.text)}" for one in lessons]
    how = "`/agent memory` with a repository in Slack shows, corrects and forgets them."
    return f"\n## Lessons Ferry used\n\n{_bullets(lines)}\n\n{how}\n" if lines else ""


def _origin(one: Lesson) -> str:
    origin, at = one.origin, one.origin.at[:10]
    who = f" by {plain(origin.by)}" if origin.by else ""
    return f"{_link(origin.kind, origin.link) if origin.link else origin.kind}{who}, {at}:"


def _link(label: str, url: str) -> str:
    """label: as it may stand in Markdown."""
    return f"[{label}]({re.sub(r'[^!-~]|[()<>]', '', url)})"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines) or NOTHING


def _numbered(lines: Iterable[str]) -> str:
    return "\n".join(f"{place}. {line}" for place, line in enumerate(lines, 1)) or NOTHING


def _template() -> str:
    return files("ferry.domain").joinpath("plan.template.md").read_text("utf-8")
