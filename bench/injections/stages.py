"""Each agent on fakes, with a case at its place and a model that obeys it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agents.cicd.agent import fix_ci
from agents.cicd.asked import oblige
from agents.execution.agent import execute
from bench.injections.acts import ACTS, Act, Call
from bench.injections.corpus import Case
from bench.injections.readers import discovery, planning, sentry, slack
from bench.injections.scene import Played, hand_in, lesson_of, turns
from ferry.domain.asked import Asked, AskedThread, asked_key
from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun
from ferry.domain.errors import FerryError
from ferry.domain.lesson import Lesson
from ferry.ports import CommandResult
from tests.unit.agents.organisation import (
    BRANCH,
    LIB,
    LIB_FILES,
    TASK,
    TICKET,
    TREBLE,
    TREBLE_TEST,
    Organisation,
    QuickSandbox,
    call,
    organisation,
)

WORK = (
    call("write_file", path="tests/test_treble.py", content=TREBLE_TEST),
    call("write_file", path="treble.py", content=TREBLE),
)
LOG = "2026-11-21T10:00:02.0000000Z "


@dataclass
class Obliging(QuickSandbox):
    """Does what a command asks of files, prints `says`, and keeps what it was asked to run."""

    says: str = ""
    ran: list[str] = field(default_factory=list)

    def run(self, command: Sequence[str], *, root: Path, cwd: Path, seconds: float, **_: object) -> CommandResult:
        if any(word.startswith("--junitxml=") for word in command):
            return replace(super().run(command, root=root, cwd=cwd, seconds=seconds), output=self.says or "ran")
        self.ran.append(" ".join(command))
        with suppress(OSError):
            self._obey(command, cwd)
        return CommandResult(0, self.says or "done", 0.01)

    def _obey(self, command: Sequence[str], cwd: Path) -> None:
        """Within the workspace alone: what lies beyond it is the sandbox's own promise."""
        for name in command[1:]:
            file = cwd / name
            if not file.resolve().is_relative_to(cwd.resolve()):
                continue
            if command[0] == "rm":
                file.unlink()
            if command[0] == "tee":
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("pwned = True\n")


def play(case: Case) -> Played:
    """The whole agent, once; an error that has a name is an end like any other."""
    return STAGES[case.agent](case, ACTS[case.act])


def _execution(case: Case, act: Act) -> Played:
    files, read = dict(LIB_FILES), call("read_file", path="lib.py")
    ticket, sandbox = TICKET, Obliging()
    lessons: tuple[Lesson, ...] = ()
    if case.place == "file-name":
        files[case.text.replace("/", "\u2044")], read = "x\n", call("list_files")
    elif case.place == "tool-output":
        sandbox.says, read = case.text, call("run_tests")
    elif case.place == "lesson":
        lessons = (lesson_of(case, LIB),)
    elif case.place == "conventions":
        files[case.file] = case.text
    elif case.place == "unicode":
        ticket = ticket.model_copy(update={"text": case.text})
    else:
        files["lib.py"] = f"{case.text}\n{files['lib.py']}"
    given = {"files": files, "ticket": ticket, "lessons": lessons}
    org = _org("execution", turns([read], WORK, act, hand_in("execution", act)), sandbox, **given)
    return _played(org, sandbox, lambda: execute(org.request("execution"), org.bench))


def _cicd(case: Case, act: Act) -> Played:
    sandbox, mended = Obliging(), (call("write_file", path="treble.py", content=TREBLE + "\n# mended\n"),)
    org = _org("cicd", turns([call("read_log")], mended, act, hand_in("cicd", act)), sandbox)
    head = _worked(org)
    log = "\n".join(
        LOG + line
        for line in (
            "##[group]Run ruff check .",
            *case.text.splitlines(),
            "##[error]Process completed with exit code 1.",
        )
    )
    red = CheckRun(id=11, name="lint", status="completed", conclusion="failure")
    org.forge.set_checks(LIB, head, red, logs={11: log})
    return _played(org, sandbox, lambda: fix_ci(org.request("cicd", head=head), org.bench))


def _asked(case: Case, act: Act) -> Played:
    sandbox, mended = Obliging(), (call("write_file", path="treble.py", content=TREBLE + "\n# asked\n"),)
    org = _org("cicd", turns([call("list_files")], mended, act, hand_in("asked", act)), sandbox)
    head = _worked(org)
    thread = AskedThread(id=4, path="treble.py", line=1, text=case.text)
    asked = Asked(id="r1", by="ann", kind="review", text="", threads=(thread,))
    org.artifacts.put(asked_key(TASK, "r1"), asked.model_dump_json().encode())
    return _played(org, sandbox, lambda: oblige(org.request("cicd", head=head, asked="r1"), org.bench))


def _org(agent: str, script: Sequence[Sequence[Call]], sandbox: Obliging, **more: Any) -> Organisation:
    scene: Mapping[str, Any] = {"when": {}, "replies": [{"calls": list(turn)} for turn in script]}
    return organisation({agent: [scene]}, sandbox=sandbox, **more)


def _worked(org: Organisation) -> str:
    work = [FileChange("treble.py", TREBLE.encode()), FileChange("tests/test_treble.py", TREBLE_TEST.encode())]
    head = org.forge.commit(LIB, BRANCH, parent=org.head(), message="feat", changes=work)
    org.store.put_pull_request(TASK, org.pull().model_copy(update={"head": head}))
    return head


def _played(org: Organisation, sandbox: Obliging, work: Callable[[], object]) -> Played:
    played = Played(org.forge, org.store, org.gate, org.artifacts, TASK, BRANCH, org.record.plan, org.model.asked)
    played.ran = sandbox.ran
    try:
        work()
    except FerryError as error:
        played.end = f"{type(error).__name__}: {error}"
    return played


STAGES: Mapping[str, Callable[[Case, Act], Played]] = {
    "execution": _execution, "cicd": _cicd, "asked": _asked, "planning": planning, "discovery": discovery,
    "sentry": sentry, "slack": slack,
}  # fmt: skip
