"""States, numbers, moments and people in a person's words: the same in Slack, Jira, GitHub and the command line."""

from __future__ import annotations

import re
from collections.abc import Callable

from ferry.domain.task import PullRequest, Task, TaskStatus

IS = {
    TaskStatus.RECEIVED: "was received",
    TaskStatus.DISCOVERING: "is discovering",
    TaskStatus.AWAITING_CHOICE: "awaits the choice of a repository",
    TaskStatus.PLANNING: "is planning",
    TaskStatus.AWAITING_APPROVAL: "awaits approval",
    TaskStatus.EXECUTING: "is executing",
    TaskStatus.WATCHING_CI: "is watching CI",
    TaskStatus.FIXING_CI: "is fixing CI",
    TaskStatus.SUCCEEDED: "has succeeded",
    TaskStatus.NOTHING_FOUND: "has found nothing to change",
    TaskStatus.REJECTED: "was rejected",
    TaskStatus.EXPIRED: "has expired",
    TaskStatus.OVER_BUDGET: "is over budget",
    TaskStatus.ESCALATED: "was escalated",
    TaskStatus.FAILED: "has failed",
}
STEPS = {"choose": "the choice of a repository"}
"""Where a task goes on, where the step's own name would say too little."""
STOPPED = "stopped by "
_SLACK_PERSON = re.compile(r"^((?:stopped |asked )?by )(?:slack:)?([UW][A-Z0-9]+)(?=: |$)")


def work(pull: PullRequest) -> str:
    """How far the work on a pull request is: what a task that stops leaves behind, and what is left."""
    if pull.state != "open":
        return pull.state
    return f"CI {pull.ci}" if pull.done or pull.ci != "pending" else "a draft, its work is not done"


def plain_name(name: str) -> str:
    """Of a status or of a timeline's kind: ``awaiting approval``, ``CI failed``."""
    return re.sub(r"\bci\b", "CI", name.replace("_", " "))


def standing(task: Task) -> tuple[str, str]:
    """What a task is, and why (may be empty): ``("has failed", "NoResult: …")``, ``("was stopped", "by …")``."""
    if task.status is TaskStatus.FAILED and task.detail.startswith(STOPPED):
        return "was stopped", task.detail.removeprefix("stopped ")
    return IS[task.status], task.detail


def reason(why: str) -> str:
    """What follows a state: `` by ann``, ``: NoResult``, or nothing."""
    return f" {why}" if why.startswith("by ") else f": {why}" if why else ""


def people(detail: str, show: Callable[[str], str]) -> str:
    """`detail` of a timeline or task with `show(<Slack user id>)` where it begins with who did it."""
    return _SLACK_PERSON.sub(lambda found: f"{found[1]}{show(found[2])}", detail)


def count(number: int, one: str, many: str = "") -> str:
    """``1 task``, ``2 tasks``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def moment(at: str) -> str:
    """RFC 3339 in UTC to the minute: ``2026-11-21 13:07 UTC``."""
    return f"{at[:10]} {at[11:16]} UTC"
