"""Whatever people and models write, every message is one that Slack takes, with nothing cut open."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain import messages
from ferry.domain.approval import Approval, Decision, Vote
from ferry.domain.discovery import Discovery, FileKind, RankedRepository
from ferry.domain.estimate import Estimate
from ferry.domain.incident import Analysis, ErrorIssue
from ferry.domain.inquiry import Answer, Inquiry
from ferry.domain.lesson import LessonKind, Origin, lesson
from ferry.domain.messages.answer import answered, unanswered
from ferry.domain.messages.blocks import LINE, Rendered, clipped, code, link, listing, moment, prose, quote, section
from ferry.domain.messages.edits import edited, edits_warning
from ferry.domain.messages.form import words_form
from ferry.domain.messages.found import found_files
from ferry.domain.messages.inquiry import answered as inquiry_answered
from ferry.domain.messages.inquiry import which_repository
from ferry.domain.messages.plan import LONG, Facts, whole
from ferry.domain.messages.tasks import commands, task_list, task_status, timeline
from ferry.domain.plan import Plan, PlanRecord
from ferry.domain.policy import Need
from ferry.domain.reminders import Due
from ferry.domain.retrieval.find import Hit
from ferry.domain.task import Event, PullRequest, Task, TaskStatus
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import TicketEdit
from ferry.domain.triggers.slack import Click
from local.standins.slack import blocks as block_kit
from tests.unit.domain.test_plan_md import record as small_record

AT = "2026-11-21T12:00:00.000+00:00"
# Mark-up, escapes that grow, signs outside of the BMP, and long words: in many copies, so that they pass every limit.
PIECES = st.sampled_from(
    [
        "<@U1>",
        "&",
        "```",
        "`",
        "<!channel>",
        "|",
        "\n",
        "🚢",
        "e\u0301",
        "ßẞ",
        "x" * 97,
        "https://a.b/?c=1&d=2",
        ">",
        "* _~",
    ]
)
WORDS = st.builds(
    lambda pieces, times: "".join(pieces) * times,
    st.lists(PIECES | st.text(max_size=12), max_size=6),
    st.sampled_from([1, 1, 2, 40, 600]),
)
MANY = st.sampled_from([0, 1, 3, 60, 150])


def copies(lines: Sequence[str], count: int) -> list[str]:
    return [lines[number % len(lines)] if lines else "" for number in range(count)]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    said, count = draw(st.lists(WORDS, min_size=1, max_size=3)), draw(MANY)
    some = copies(said, count)
    say = said[0]
    return Plan.model_validate(
        {
            "summary": say,
            "scope_in": some or [say],
            "scope_out": some,
            "components": [{"repo": "acme/a", "path": f"{text}{n}", "change": text} for n, text in enumerate(some)],
            "data_flow": say,
            "test_strategy": [
                {"level": "unit", "repo": text, "file": text, "assertion": text} for text in some or [say]
            ],
            "tasks": [
                {"id": f"T{n}", "description": text, "repo": draw(st.sampled_from(["acme/a", say])), "file": text,
                 "test_file": f"t{text}", "hours": 1 + n % 4, "depends_on": some[:n]}
                for n, text in enumerate((some or [say])[:30])
            ],
            "cross_repo_steps": some, "security": some, "rollback": say, "risk": "high", "risk_reason": say,
        }
    )  # fmt: skip


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    plan, before = draw(plans()), draw(plans())
    say, more, count = draw(WORDS), draw(WORDS), draw(MANY)
    order = tuple(dict.fromkeys(("acme/a", *plan.repositories)))
    made = {"task_id": "FERRY-1-a", "ticket": "d", "bases": {}, "order": order, "branch": "ferry/1", "budget_cents": 9}
    approval = Approval(
        id="a" * 22, task_id="FERRY-1-a", revision=2, digest="d" * 64, requested_at=AT, expires_at=AT, opening=3,
        since=tuple(copies([prose(say), "*x*\n```y```"], count)),
        asked=tuple(copies(["slack:U1", say, "slack-group:S1"], count)),
        estimate=draw(st.none() | st.just(Estimate(least=1, likely=2, most=4, hours=9))),
        decision=draw(st.sampled_from(list(Decision))), decided_by=draw(st.sampled_from(["", "slack:U1", say])),
        decided_at=AT, reason=more,
    )  # fmt: skip
    origin = Origin(kind=LessonKind.REVIEW, by=more, link=more, at=AT)
    lessons = [lesson("acme/a", say, origin, str(number), (more,)) for number in range(min(count, 6))]
    return Facts(
        approval=approval,
        record=PlanRecord.model_validate({**made, "revision": 2, "plan": plan, "feedback": say, "lessons": lessons}),
        ticket=Ticket(key="FERRY-1", title=say, text=more, url=more, author=say, triggered_by="", triggered_at=AT),
        pulls=[pull(say, more)],
        spent=draw(st.integers(0, 10**9)),
        before=PlanRecord.model_validate({**made, "revision": 1, "plan": before}),
        warning=edits_warning(say, count, compared=False),
        votes=[
            Vote(task_id="t", approval_id="a", by=by, at=AT, through="d") for by in copies(["slack:U1", say], count)
        ],
        needs=[Need(say, 2, tuple(copies([say], count)), ("slack:U1", say))] * draw(st.sampled_from([0, 1, 30])),
    )


def pull(say: str, url: str) -> PullRequest:
    return PullRequest(repo="acme/a", number=1, branch=say, url=url, base="b", head="h", position=1, note=say, ci=say)


def task(say: str) -> Task:
    facts = {"id": "FERRY-1-a", "ticket_key": say, "title": say, "detail": say, "created_at": AT, "updated_at": AT}
    return Task.model_validate({**facts, "status": TaskStatus.FAILED})


def others(say: str, url: str, count: int) -> list[Rendered]:
    """Every other message, each as `count` things, or one, would make it."""
    one, ticket = task(say), Ticket(
        key=say, title=say, text=say, url=url, author=say, triggered_by="", triggered_at=AT)  # fmt: skip
    pulls = [pull(say, url)] * min(count, 60)
    approval = Approval(id="a", task_id=one.id, revision=1, digest="d", requested_at=AT, expires_at=AT)
    issue = ErrorIssue.model_construct(url=url, short_id=say, level=say, events=1, users=1)
    analysis = Analysis.model_construct(title=say, summary=say)
    return [
        messages.started(one, ticket), messages.succeeded(one, pulls, "$1"), messages.escalated(one, pulls, "$1"),
        messages.rejected(one, say), messages.expired(one), messages.failed(one, say, say),
        messages.nothing_found(one, say), messages.stopped(one, say),
        messages.over_budget(one, say, copies([say], max(count, 1)), pulls),
        messages.reminder(approval, Due("reminder", "reminded", AT, tuple(copies([say], count))), one),
        messages.incident_opened(issue, analysis, say, url), messages.incident_failed(say, say, say),
        messages.dead_letters(count), answered(say, sure=False, looked_at=copies([say], count)),
        answered(say, sure=True, looked_at=[]), unanswered(say, copies([say], count)), commands(say),
        edited(TicketEdit(say, say, say, AT, say), copies([say], count)),
        task_status(one, pulls, [Event(at=AT, kind=say, detail=say)] * min(count, 3), "$1"),
        task_list([one] * count, say), timeline(one, [Event(at=AT, kind=say, detail=say)] * count),
    ]  # fmt: skip


def mrkdwn(block: dict[str, Any]) -> list[str]:
    found = [block["text"], *block.get("fields", [])] if isinstance(block.get("text"), dict) else []
    elements = [element for element in block.get("elements", []) if element.get("type") == "mrkdwn"]
    return [text["text"] for text in [*found, *elements] if text["type"] == "mrkdwn"]


def check(rendered: Rendered) -> None:
    text, blocks = rendered
    assert block_kit.faults(blocks) == []
    assert text or blocks
    for shown in (one for block in blocks for one in mrkdwn(block)):
        assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
        assert "<" not in re.sub(r"<[^<>]*>", "", shown)
        assert shown.count("```") % 2 == 0
        assert "<!channel>" not in shown


@settings(max_examples=30, deadline=None)
@given(facts=facts())
def test_a_request_and_its_decision_fit_whatever_the_plan_says(facts: Facts) -> None:
    for rendered in (
        messages.approval_request(facts),
        messages.decided(facts, messages.newer_request(facts.approval, facts.ticket.url)),
    ):
        check(rendered)
        shown = "".join(one for block in rendered[1] for one in mrkdwn(block))
        assert (LONG in shown) is not whole(facts)
        assert len(shown) < 30_000


@settings(max_examples=30, deadline=None)
@given(facts=facts())
def test_a_request_and_its_decision_show_the_same_facts(facts: Facts) -> None:
    asked, answered = messages.approval_request(facts)[1], messages.decided(facts)[1]

    assert [block["type"] for block in asked[-2:]] == ["input", "actions"]
    assert answered[:-1] == asked[:-2]


@settings(max_examples=30, deadline=None)
@given(say=WORDS, url=WORDS, count=MANY)
def test_every_other_message_fits(say: str, url: str, count: int) -> None:
    for rendered in others(say, url, count):
        check(rendered)


def test_no_message_is_left_out_here() -> None:
    names = {name for name in messages.__all__ if name not in {"approval_request", "decided", "newer_request"}}

    assert names <= set(others.__code__.co_names)


@settings(max_examples=30, deadline=None)
@given(say=WORDS, count=st.integers(0, 30), answer=st.sampled_from([None, *Answer]))
def test_candidates_and_found_files_fit_whatever_repositories_say(say: str, count: int, answer: Answer | None) -> None:
    names = [f"{say[:120]}{number}" for number in range(count)]  # GitHub takes 140 for both parts together
    ranked = [RankedRepository(name=name, relevance=1, reason=say, evidence=(say,) * 5, files=()) for name in names]
    found = Discovery.model_construct(repositories=tuple(ranked))
    ticket = Ticket(key=say, title=say, text=say, url=say, author=say, triggered_by="", triggered_at=AT)
    inquiry = Inquiry(
        id="i" * 22, task_id="FERRY-1-a", candidates=tuple(names[:3]), confidence=0.4, asked_at=AT, expires_at=AT,
        answer=answer, repo=say, answered_by=f"slack:{say}", answered_at=AT)  # fmt: skip
    hits = [Hit(name, say, FileKind.SOURCE, 1.0, (say, say)) for name in names]

    check(which_repository(inquiry, found, ticket))
    check(inquiry_answered(inquiry, found, ticket))
    check(found_files(say, hits, count, names))


@pytest.mark.parametrize("decision", [Decision.REJECTED, Decision.CHANGES_REQUESTED])
def test_a_form_fits(decision: Decision) -> None:
    form = words_form(Click("U1", "FERRY-1-a", "a" * 22, "d" * 16, decision, ""))

    assert block_kit.faults(form["blocks"]) == []
    assert all(0 < len(form[name]["text"]) <= 24 for name in ("title", "submit", "close"))
    assert form["private_metadata"] == f"FERRY-1-a|{'a' * 22}|{'d' * 16}"


@given(
    text=WORDS.map(lambda raw: "\n".join((link("https://a.b", raw), code(raw), prose(raw), quote(raw)))),
    limit=st.integers(10, 900),
)
def test_nothing_is_cut_open(text: str, limit: int) -> None:
    shown = clipped(text, limit)

    assert len(shown) <= limit
    check((shown, [section(shown)]))


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("a <https://x.y|link> b", 17, "a …"),
        ("tom &amp; jerry and more", 12, "tom …"),
        ("see `src/a.py` and so on and on", 15, "see …"),
        ("x ```\nlong long\n``` y y y y", 20, "x ```\nlong long…\n```"),
        ("short", 5, "short"),
    ],
)
def test_a_cut_goes_before_what_it_would_open(text: str, limit: int, shown: str) -> None:
    assert clipped(text, limit) == shown


def test_a_list_drops_whole_lines_and_counts_them() -> None:
    part = listing("*Work*", [f"• {number} {'x' * 90}" for number in range(40)])

    shown = part.block["text"]["text"].splitlines()
    assert not part.whole
    assert shown[-1] == f"_and {40 - (len(shown) - 2)} more_"
    assert all(line.endswith("x" * 90) for line in shown[1:-1])


def test_an_empty_list_says_nothing_in_words() -> None:
    assert listing("*Out of scope*", []).block["text"]["text"] == "*Out of scope*\n• nothing"
    assert listing("*Out of scope*", []).whole
    assert not listing("*Work*", ["x" * (LINE + 1)]).whole


def test_a_moment_is_shown_in_the_readers_own_time_zone() -> None:
    assert (
        moment("2026-11-22T13:00:00.000+01:00") == "<!date^1795348800^{date_short_pretty} {time}|2026-11-22 12:00 UTC>"
    )


def shown(make: Callable[[Facts], Rendered], **changes: Any) -> str:
    approval = Approval(id="a", task_id="t-1", revision=1, digest="d" * 64, requested_at=AT, expires_at=AT)
    record = small_record(feedback="")
    ticket = Ticket(key="F-1", title="T", text="", url="u", author="Ann", triggered_by="", triggered_at=AT)
    made = {"approval": approval, "record": record, "ticket": ticket, "pulls": [], "spent": 90_000, **changes}
    return "\n".join(one for block in make(Facts(**made))[1] for one in mrkdwn(block))


def test_a_request_says_who_may_decide_until_when_and_what_it_will_cost() -> None:
    approval = Approval(
        id="a", task_id="t-1", revision=1, digest="d" * 64, requested_at=AT, expires_at=AT, opening=2,
        asked=("slack:U1", "slack-group:S1", "github:ann"),
        estimate=Estimate(least=100_000, likely=200_000, most=400_000, hours=7),
    )  # fmt: skip

    text = shown(
        messages.approval_request, approval=approval, needs=[Need("", 2, ("slack:U1", "github:ann"), ("slack:U1",))]
    )

    assert "<@U1>, <!subteam^S1>, github:ann until <!date^1795262400^" in text
    assert "*1 of 2 approvals*: <@U1>; 1 more needed of github:ann" in text
    assert "about $0.20 more ($0.10 to $0.40); $0.09 spent so far, ceiling $2.50" in text
    assert "opened 2 times" in text
    assert ":warning:" not in text


def test_an_estimate_beyond_the_ceiling_is_a_warning() -> None:
    approval = Approval(
        id="a", task_id="t-1", revision=1, digest="d", requested_at=AT,
        estimate=Estimate(least=1_500_000, likely=3_000_000, most=6_000_000, hours=7),
    )  # fmt: skip

    assert ":warning: That may be more than the $2.41 left" in shown(messages.approval_request, approval=approval)


def test_a_request_for_a_plan_that_changes_what_agents_are_told_says_so() -> None:
    part = {"repo": "acme/a", "path": "src/AGENTS.md", "change": "x"}
    plan = small_record(feedback="").plan
    with_it = Plan.model_validate({**plan.dump(), "components": [part]})

    text = shown(messages.approval_request, record=small_record(feedback="", plan=with_it))

    assert ":robot_face: *It changes what agents are told:* `acme/a` `src/AGENTS.md`" in text
    assert ":robot_face:" not in shown(messages.approval_request)


def test_a_decision_says_who_when_what_and_on_which_digest() -> None:
    approval = Approval(
        id="a", task_id="t-1", revision=1, digest="d" * 64, requested_at=AT, expires_at=AT, decided_at=AT,
        decision=Decision.REJECTED, decided_by="slack:U1", reason="not now\n<@U2> knows",
    )  # fmt: skip

    text = shown(lambda facts: messages.decided(facts, "plan 2"), approval=approval)

    assert f"*Rejected* by <@U1> · {moment(AT)} · digest `{'d' * 16}`\n>not now\n>&lt;@U2&gt; knows" in text
    assert "A newer request replaced this one:* plan 2" in text
