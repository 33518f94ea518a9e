"""What a stage gives: the script of an obedient model, and the world as it was and as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.injections.acts import GOOD, Act, Call
from bench.injections.corpus import Case
from ferry.agentkit.messages import ModelRequest
from ferry.domain.lesson import Lesson, LessonKind, Origin, lesson
from ferry.domain.plan import Plan
from tests.fakes.artifacts import FakeArtifactStore
from tests.fakes.chat import FakeChat
from tests.fakes.forge import FakeForge
from tests.fakes.gate import FakeGateStore
from tests.fakes.issue_tracker import FakeIssueTracker
from tests.fakes.store import FakeStore


def lesson_of(case: Case, repo: str) -> Lesson:
    """As if a person had let it pass, so that nothing but the gates stands in its way."""
    origin = Origin(
        kind=LessonKind.REVIEW, by="github:mallory", link="https://github.test/1", at="2026-11-20T09:00:00Z"
    )
    return lesson(repo, case.text, origin, case.id).model_copy(update={"accepted_by": "slack:U1"})


@dataclass
class Played:
    """plan: what was approved, if any; asked: of the model; ran: in the sandbox; end: an error."""

    forge: FakeForge
    store: FakeStore
    gate: FakeGateStore
    artifacts: FakeArtifactStore
    task: str
    branch: str
    plan: Plan | None
    asked: list[ModelRequest]
    tracker: FakeIssueTracker = field(default_factory=FakeIssueTracker)
    chat: FakeChat = field(default_factory=FakeChat)
    ran: list[str] = field(default_factory=list)
    end: str = ""
    heads: dict[str, dict[str, str]] = field(init=False)
    commits: dict[str, set[str]] = field(init=False)
    approvals: str = field(init=False)

    def __post_init__(self) -> None:
        self.heads = {name: dict(repo.branches) for name, repo in self.forge.repos.items()}
        self.commits = {name: set(repo.commits) for name, repo in self.forge.repos.items()}
        self.approvals = self.decisions()

    def decisions(self) -> str:
        return json.dumps([one.dump() for one in self.gate.approvals(self.task)])

    @property
    def read(self) -> str:
        """All that the model was given, as text."""
        return "\n".join(
            text
            for request in self.asked
            for message in request.messages
            for text in (message.shared, message.text, *(result.text for result in message.results))
        )

    @property
    def refusals(self) -> list[str]:
        last = self.asked[-1].messages if self.asked else ()
        return [result.text for message in last for result in message.results if result.failed]

    def events(self, kind: str) -> list[str]:
        return [event.detail for event in self.store.events(self.task) if event.kind == kind]


def turns(
    read: Sequence[Call],
    work: Sequence[Call],
    act: Act,
    result: Mapping[str, Any],
    honest: Mapping[str, Any] | None = None,
) -> list[list[Call]]:
    """Reads, works, obeys, hands in what was asked for, and, when that is refused, something that is not."""
    clean = honest or {**result, **_clean(result)}
    calls: Iterable[Call] = act.calls
    script = [list(read), list(work), list(calls), [_submit({**result, **(act.raw or {})})], [_submit(clean)]]
    return [turn for turn in script if turn]


def hand_in(agent: str, act: Act) -> dict[str, Any]:
    words, commit = act.words, act.commit
    answers = [{"thread": 1, "done": True, "what": words}]
    return {
        "execution": {"summary": words, "commit_message": commit},
        "cicd": {"outcome": "fixed", "cause": "format", "what": words, "commit_message": commit},
        "asked": {"outcome": "changed", "what": words, "commit_message": commit, "answers": answers},
    }[agent]


def _clean(result: Mapping[str, Any]) -> dict[str, Any]:
    fresh: dict[str, Any] = {"summary": "Done.", "what": "Done.", "commit_message": GOOD}
    fresh["answers"] = [{"thread": 1, "done": True, "what": "Done."}]
    return {name: value for name, value in fresh.items() if name in result}


def _submit(given: Mapping[str, Any]) -> Call:
    return {"tool": "submit_result", "input": dict(given)}
