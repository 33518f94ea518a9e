"""A plan at the gate as Slack shows it: all that a person decides by, the same before and after the decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ferry.domain.approval import Approval, Vote
from ferry.domain.estimate import METHOD
from ferry.domain.held import Held
from ferry.domain.ledger import MICRO
from ferry.domain.messages.blocks import (
    LINE,
    Part,
    clipped,
    code,
    context,
    cut,
    escaped,
    header,
    link,
    listing,
    mention,
    moment,
    prose,
    quote,
    section,
)
from ferry.domain.messages.memory import lesson_line
from ferry.domain.messages.permission import ASKS, MEANS, questions
from ferry.domain.messages.votes import standing, voters
from ferry.domain.plan import PlanRecord
from ferry.domain.plan_diff import differences
from ferry.domain.plan_md import PLAN_FILE
from ferry.domain.policy import Need
from ferry.domain.task import PullRequest
from ferry.domain.ticket import Ticket
from ferry.domain.triggers.slack import DIGEST_SHOWN

REOPENED = ":repeat: *This plan was approved, and then something under it changed. Please look again:*"
LONG = f":page_facing_up: *This plan is too long for one message.* All of it is in {PLAN_FILE}, in this thread."
INCOMPLETE = "The list of files is likely not complete"
LOOK = "please look whether the plan misses one"
ORDERS = "It changes what agents are told"
MOST_PEOPLE = 10
# What moved may show a diff of PLAN.md, which is worth its room.
LONGEST_SINCE = 2600


@dataclass(frozen=True)
class Facts:
    """What a request shows. spent: micro-dollars so far; before: the revision that people read last, if any;
    warning: mrkdwn, to be read first; needs: what an approval takes, and who gave it already; votes: who had said yes
    when it was decided; held: changes that an approval allows, in spite of what the integrity gate found."""

    approval: Approval
    record: PlanRecord
    ticket: Ticket
    pulls: Sequence[PullRequest]
    spent: int
    before: PlanRecord | None = None
    warning: str = ""
    needs: Sequence[Need] = ()
    votes: Sequence[Vote] = ()
    held: Sequence[Held] = ()


def whole(facts: Facts) -> bool:
    """Whether the message shows all of the plan."""
    return all(part.whole for part in _parts(facts))


def plan_parts(facts: Facts) -> list[Part]:
    """Whatever finds no room is counted where it is missing, and the message says where all of it is."""
    parts = list(_parts(facts))
    if not all(part.whole for part in parts):
        parts.insert(1, Part(section(LONG)))
    return parts


def _parts(facts: Facts) -> Iterator[Part]:
    yield Part(header(f"{facts.ticket.key}: {facts.ticket.title}"))
    if facts.warning:
        yield Part(section(facts.warning))
    if facts.approval.narrow:
        yield Part(section(ASKS))
    else:
        yield from _plan(facts)
    yield from questions(facts.held)
    if facts.approval.narrow:
        yield Part(context(MEANS))
    yield Part(section(_people(facts.approval)))
    yield from map(Part, standing(facts.needs) or voters(facts.votes))
    opening = f" · opened {facts.approval.opening} times" if facts.approval.opening > 1 else ""
    digest = facts.approval.digest[:DIGEST_SHOWN]
    yield Part(context(f"plan {facts.record.revision}{opening} · digest `{digest}` · task `{facts.approval.task_id}`"))


def _plan(facts: Facts) -> Iterator[Part]:
    plan, ticket = facts.record.plan, facts.ticket
    if facts.approval.since:
        moved = "\n".join(f"• {clipped(line, LONGEST_SINCE // 2)}" for line in facts.approval.since)
        yield Part(section(clipped(f"{REOPENED}\n{moved}", LONGEST_SINCE)))
    yield from _revised(facts)
    asked_by = f"{link(ticket.url, ticket.key)} · asked by {escaped(cut(ticket.author, 100))}"
    yield _text(f"{prose(plan.summary)}", asked_by)
    yield listing("*In scope*", (f"• {prose(line)}" for line in plan.scope_in))
    yield listing("*Out of scope*", (f"• {prose(line)}" for line in plan.scope_out))
    yield listing("*Repositories and files, in the order of merging*", _repositories(facts))
    if unsure := facts.approval.incomplete:
        yield Part(context(f":grey_question: *{INCOMPLETE}* ({prose('; '.join(unsure))} that it is): {LOOK}"))
    if told := facts.record.plan.instructions:
        yield Part(
            context(f":robot_face: *{ORDERS}:* {', '.join(f'{code(repo)} {code(path)}' for repo, path in told)}")
        )
    yield listing("*Work, in this order*", _work(facts.record))
    if lessons := facts.record.lessons:
        yield listing("*Lessons Ferry used*", map(lesson_line, lessons))
    cases = (f"• {code(case.repo)} {code(case.file)}: {prose(case.assertion)}" for case in plan.test_strategy)
    yield listing("*Tests to come*", cases)
    yield _text(f"*Risk {plan.risk}:* {prose(plan.risk_reason)}", _money(facts))


def _text(words: str, below: str) -> Part:
    shown = clipped(words, LINE * 4)
    return Part(section(f"{shown}\n{below}"), whole=shown == words)


def _revised(facts: Facts) -> Iterator[Part]:
    """The person's own words are in the record, so that a cut of them is no loss of the plan."""
    if asked := facts.record.feedback:
        yield Part(section(f"*You asked for*\n{clipped(quote(asked), LINE * 4)}"))
    if before := facts.before:
        changes = (line.partition(": ") for line in differences(before, facts.record))
        lines = [f"• *{prose(what)}:* {prose(how)}" for what, _, how in changes]
        title = f"*What changed since plan {before.revision}*"
        yield Part(listing(title, lines or ["• nothing that an approver reads"]).block)


def _repositories(facts: Facts) -> Iterator[str]:
    pulls = {pull.repo: pull for pull in facts.pulls}
    for position, repo in enumerate(facts.record.order, 1):
        files = ", ".join(code(path) for path in sorted(facts.record.plan.paths_of(repo)))
        pull = pulls.get(repo)
        name = link(pull.url, f"{repo}#{pull.number}") if pull else code(repo)
        yield f"{position}. {name} on {code(facts.record.branch)}: {files}"


def _work(record: PlanRecord) -> Iterator[str]:
    for task in record.plan.tasks:
        after = f", after {escaped(', '.join(task.depends_on))}" if task.depends_on else ""
        where = f"{code(task.repo)} {code(task.file)}"
        yield f"• *{escaped(task.id)}* {prose(task.description)} — {where} ({task.hours} h{after})"


def _money(facts: Facts) -> str:
    ceiling = facts.record.budget_cents * MICRO // 100
    spent = f"{_dollars(facts.spent)} spent so far, ceiling {_dollars(ceiling)}"
    if not (found := facts.approval.estimate):
        return f"*Cost:* no estimate, as no plan was paid for; {spent}"
    said = f"about {_dollars(found.likely)} more ({_dollars(found.least)} to {_dollars(found.most)}); {spent}"
    left = max(0, ceiling - facts.spent)
    over = f"\n:warning: That may be more than the {_dollars(left)} left; work stops at the ceiling and says so."
    return f"*Cost:* {said}\n_{found.hours} h of work, {METHOD}_" + (over if found.most > left else "")


def _people(approval: Approval) -> str:
    more = f" and {len(approval.asked) - MOST_PEOPLE} more" if len(approval.asked) > MOST_PEOPLE else ""
    who = f"{', '.join(map(mention, approval.asked[:MOST_PEOPLE]))}{more}" if approval.asked else "an approver"
    until = f" until {moment(approval.expires_at)}" if approval.expires_at else ""
    return f"*May be decided by* {who}{until}"


def _dollars(micro: int) -> str:
    return f"${micro / MICRO:.2f}"
