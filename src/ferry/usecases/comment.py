"""The states of the comment machine: what a comment asks for is answered from the record, or handed to an agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ferry.domain.approval import Decision
from ferry.domain.asked import Asked, ThreadAnswer, asked_key
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.ledger import dollars, total
from ferry.domain.messages.remark import WHY_NOT, explanation, foreign, help_text, marked, status_text, why_not
from ferry.domain.plan import PlanRecord
from ferry.domain.pr_body import plain
from ferry.domain.step import plan_key
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.triggers.comment import Remark, Verb
from ferry.domain.words import STEPS
from ferry.usecases.finish import read_error, stop
from ferry.usecases.learn import learn_from_review
from ferry.usecases.resume import resume
from ferry.usecases.review import NOTHING_OPEN, open_threads
from ferry.usecases.world import World


@dataclass(frozen=True)
class Manners:
    """mention: how Ferry is called in what it writes; max_fixes: changes by comment that one pull request may get;
    max_reviews: rounds of review that it may get."""

    mention: str = "@ferry"
    max_fixes: int = 5
    max_reviews: int = 3


def prepare(id: str, remark: Remark, manners: Manners, world: World) -> dict[str, Any]:
    """``{"do": "answer", "text"}``, or ``{"do": "change", task_id, revision, head}`` for the agent."""
    task_id = world.store.task_of_pull_request(remark.repo, remark.number)
    if task_id is None:
        return _answer(foreign(manners.mention))
    task = world.store.task(task_id)
    match remark.verb:
        case Verb.FIX | Verb.ADDRESS:
            return _change(id, remark, task, manners, world)
        case Verb.STATUS:
            last = world.store.events(task.id)[-5:]
            return _answer(status_text(task, world.store.pull_requests(task.id), last))
        case Verb.EXPLAIN:
            return _answer(_explained(task, remark.repo, world))
        case Verb.STOP | Verb.RETRY:
            return _answer(_acted(remark, task, world))
        case Verb.HELP:
            return _answer(help_text(manners.mention, remark.unknown))


def answer(remark: Remark, text: str, world: World) -> None:
    """In the thread where the comment stood."""
    if remark.thread:
        world.forge.reply(remark.repo, remark.number, remark.thread, marked(text))
    else:
        world.forge.comment(remark.repo, remark.number, marked(text))


def changed(id: str, remark: Remark, result: Mapping[str, Any], manners: Manners, world: World) -> None:
    """What the agent did, and what there is to learn of it. result: `CiResult` with ``head``."""
    what = plain(str(result["what"]))
    text = f"I changed nothing: {what}"
    if result["outcome"] == "fixed":
        again = f"If CI stays red, `{manners.mention} fix …` or a person must look."
        text = f"Done in {result['commit']}: {what}\n\nCI runs on that commit now. {again}"
    for one in (ThreadAnswer.read(said, "the answer to a thread") for said in result.get("answers", ())):
        done = f"Done in {result['commit']}" if one.done and result["commit"] else "Not done"
        world.forge.reply(remark.repo, remark.number, one.thread, marked(f"{done}: {plain(one.what)}"))
    answer(remark, text, world)
    learn_from_review(id, remark.repo, remark.number, result, world)


def failed(remark: Remark, error: Mapping[str, Any], world: World) -> None:
    name, what = read_error(error)
    answer(
        remark,
        f"That stopped by {name}: {plain(what)}\n\nThe task's record has the details; ask again to try once more.",
        world,
    )


def _answer(text: str) -> dict[str, Any]:
    return {"do": "answer", "text": text}


def _change(id: str, remark: Remark, task: Task, manners: Manners, world: World) -> dict[str, Any]:
    pull = next(pull for pull in world.store.pull_requests(task.id) if pull.repo == remark.repo)
    if refusal := _refusal(id, remark, task, pull, manners):
        return _answer(refusal)
    now = world.forge.pull_request(remark.repo, remark.number)
    if not now.open:
        return _answer("This pull request is closed; I change nothing in it.")
    review = remark.verb is Verb.ADDRESS
    threads = open_threads(remark, world) if review else ()
    if not (remark.text or threads):
        return _answer(NOTHING_OPEN)
    kind = "review" if review else "fix"
    asked = Asked(id=id, by=remark.user, kind=kind, text=remark.text, threads=threads)
    world.artifacts.put(asked_key(task.id, id), asked.model_dump_json().encode())
    if id not in pull.asked:
        reviews = (*pull.reviews, id) if review else pull.reviews
        pull = pull.model_copy(update={"asked": (*pull.asked, id), "reviews": reviews})
        world.store.put_pull_request(task.id, pull)
        world.store.add_event(task.id, "asked", f"{remark.user} asked for “{remark.verb}” on {remark.place}")
    return {"do": "change", "task_id": task.id, "revision": task.revision, "head": now.head, "fix": len(pull.asked)}


def _refusal(id: str, remark: Remark, task: Task, pull: PullRequest, manners: Manners) -> str:
    watched = task.status is TaskStatus.FAILED and task.resume_from == "watch"
    if not watched and task.status in WHY_NOT:
        return why_not(task, manners.mention)
    if remark.verb is Verb.FIX and not remark.text:
        return f"Please say what: `{manners.mention} fix <what>`."
    if id in pull.asked:
        return ""
    rounds, fixes = len(pull.reviews), len(pull.asked) - len(pull.reviews)
    if remark.verb is Verb.ADDRESS and rounds >= manners.max_reviews:
        return f"I took up {rounds} rounds of review here, which is the limit; a person must go on."
    if remark.verb is Verb.FIX and fixes >= manners.max_fixes:
        return f"I changed this pull request {fixes} times on request, which is the limit; a person must go on."
    return ""


def _explained(task: Task, repo: str, world: World) -> str:
    key = plan_key(task.id, max(task.revision, 1))
    try:
        record = PlanRecord.read(world.artifacts.get(key), key)
    except NotFound:
        return f"Task `{task.id}` has no plan yet."
    approved = [one for one in world.gate.approvals(task.id) if one.decision is Decision.APPROVED]
    approver = next((one.decided_by for one in approved if one.revision == record.revision), "")
    return explanation(record, task, repo, approver, dollars(total(world.store.ledger(task.id))))


def _acted(remark: Remark, task: Task, world: World) -> str:
    try:
        if remark.verb is Verb.STOP:
            stop(task.id, f"github:{remark.user}", world)
            return f"Task `{task.id}` is stopped. Nothing was closed; `retry` goes on."
        resumed = resume(task.id, world)
    except Conflict as error:
        return f"Nothing was done: {plain(str(error))}."
    world.store.add_event(task.id, "retry", f"asked by github:{remark.user}")
    step = STEPS.get(resumed.resume_from, resumed.resume_from)
    return f"Task `{task.id}` goes on where it stopped, at its step {step}."
