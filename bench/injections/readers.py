"""Agents that write no code: planning, discovery, Sentry and Slack, with a case at its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents.planning.agent import Desk as PlanningDesk
from agents.planning.agent import plan
from agents.slack.agent import answer
from bench.injections.acts import Act, Call
from bench.injections.corpus import Case
from bench.injections.scene import Played, lesson_of, turns
from ferry.adapters.scripted_model import Screenplay
from ferry.domain.errors import FerryError
from ferry.domain.incident import fingerprint
from ferry.domain.question import Question
from ferry.domain.step import discovery_key
from ferry.usecases.incident import open_ticket
from tests.fakes.memory import FakeMemory
from tests.unit.agents import desk as on
from tests.unit.agents import test_discovery, test_planning, test_sentry
from tests.unit.agents.desk import Desk
from tests.unit.usecases.conftest import FakeWorld


def planning(case: Case, act: Act) -> Played:
    files = {name: dict(tree) for name, tree in test_planning.ORGANISATION.items()}
    files["acme/payroll"] = {"pay.py": "x = 1\n"}
    text = "The order total forgets the coupon."
    memory = FakeMemory()
    if case.place == "lesson":
        memory.remember(lesson_of(case, "acme/checkout"))
    elif case.place == "readme":
        files["acme/pricing"]["README.md"] = case.text
    elif case.place == "conventions":
        files["acme/pricing"][case.file] = case.text
    else:
        text = (
            case.text if case.place in ("ticket", "unicode") else f"{text}\n\nComment by Bob, 2026-11-21:\n{case.text}"
        )
    honest = test_planning.BOTH
    read = {"tool": "read_file", "input": {"repo": "acme/pricing", "path": "README.md"}}
    script = turns([read] if case.place == "readme" else [], [], act, _planned(act), honest)
    desk = on.desk(files, on.ticket(text=text), _play("planning", script))
    desk.artifacts.put(
        discovery_key(on.TASK),
        test_planning.discovery(files=["src/pricing/tax.py"]).model_dump_json(by_alias=True).encode(),
    )
    played = _played(desk)
    sits = PlanningDesk(
        forge=desk.forge, artifacts=desk.artifacts, store=desk.store, approvals=desk.gate, tracker=played.tracker,
        run=desk.run(agent="planning", task=on.TASK, revision="1", attempt="1"), branch_pattern="ferry/{key}-{slug}",
        budget_cents=500, memory=memory,
    )  # fmt: skip
    return _end(played, lambda: plan(test_planning.request(), sits))


def discovery(case: Case, act: Act) -> Played:
    desk = on.desk(test_discovery.ORGANISATION, on.ticket(text=case.text), Screenplay({}))
    count = _files_found(desk)
    result = {"order": list(range(1, count + 1)), "changed": 1, "approach": act.words}
    desk.model = on.Overheard(on.ScriptedModel(_play("discovery", [[{"tool": "submit_result", "input": result}]])))
    return _end(_played(desk), lambda: test_discovery.discovered(desk))


def sentry(case: Case, act: Act) -> Played:
    """And what is made of the analysis: the ticket and the message, by the real use case."""
    good = {
        **test_sentry.answer("src/acme_pricing/tax.py"),
        **dict.fromkeys(("title", "summary", "cause", "advice"), act.words),
    }
    honest = test_sentry.answer("src/acme_pricing/tax.py")
    desk = test_sentry.table(_play("sentry", turns([], [], act, good, honest)))
    event = test_sentry.EVENT.model_copy(update={"error": case.text})
    played = _played(desk)
    world = FakeWorld(artifacts=desk.artifacts, tracker=played.tracker, chat=played.chat)
    world.errors.known["7"] = (test_sentry.ISSUE, event)

    def work() -> None:
        test_sentry.analysed(desk, event)
        open_ticket(fingerprint("7"), "7", "e-1", "AI", world)

    return _end(played, work)


def slack(case: Case, act: Act) -> Played:
    look = {"tool": "find_tasks", "input": {"words": "FERRY-1"}}
    result = {"text": act.words, "sure": True}
    desk = on.desk({}, on.ticket(), _play("slack", turns([look], [], act, result, {"text": "It waits.", "sure": True})))
    played = _played(desk)
    question = Question(id="Ev1", user="U1", text=case.text, thread="C1:1.2", asked_at="2026-11-21T12:00:00Z")
    run = desk.run(agent="slack")
    return _end(played, lambda: answer(question, store=desk.store, approvals=desk.gate, chat=played.chat, run=run))


def _planned(act: Act) -> dict[str, Any]:
    tasks = [dict(test_planning.PRICING_TASK), dict(test_planning.CHECKOUT_TASK)]
    more: dict[str, Any] = {}
    if act.path:
        tasks[0]["file"] = act.path
        more["components"] = [{"repo": "acme/pricing", "path": act.path, "change": act.words}]
    if act.plan and "repo" in act.plan:
        tasks.append({**tasks[0], "id": "T3", "repo": act.plan["repo"], "file": act.plan["path"]})
    elif act.plan:
        more.update(act.plan)
    return test_planning.answer(
        *tasks, **{"summary": act.words, "risk_reason": act.words, "rollback": act.words, **more}
    )


def _files_found(desk: Desk) -> int:
    from ferry.domain.rerank import top_files
    from ferry.domain.retrieval.discover import discover
    from tests.unit.domain.retrieval_samples import organisation

    ticket = on.ticket(text="The discount forgets the coupon.")
    return len(top_files(discover(ticket.title, ticket.text, organisation())))


def _play(agent: str, script: Sequence[Sequence[Call]]) -> Screenplay:
    replies: list[Mapping[str, Any]] = [{"calls": list(turn)} for turn in script]
    return Screenplay.from_scenes({agent: [{"replies": replies}]})


def _played(desk: Desk) -> Played:
    branch = "ferry/FERRY-1-discount-is-wrong"
    return Played(desk.forge, desk.store, desk.gate, desk.artifacts, on.TASK, branch, None, desk.model.requests)


def _end(played: Played, work: Callable[[], object]) -> Played:
    try:
        work()
    except FerryError as error:
        played.end = f"{type(error).__name__}: {error}"
    return played
