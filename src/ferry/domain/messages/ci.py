"""A red CI that a person must look at: cause, excerpt, links, what was tried, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.ci import CiCause, CiState
from ferry.domain.ci_history import CiEntry
from ferry.domain.messages.blocks import FENCE, Block, Rendered, code, context, cut, escaped, link, prose, section
from ferry.domain.task import PullRequest, Task

EXCERPT, CASES = 1500, 10
_FIX = "say what is meant by `@ferry fix <what>` on the pull request, or commit the fix yourself"
_AGAIN = "then `/agent retry {id}`"
HELPS = {
    CiCause.FLAKY: f"steady the check, or run it once more at GitHub; {_AGAIN}",
    CiCause.BASE_BROKEN: f"mend the base branch, where the same fails; {_AGAIN}",
    CiCause.INFRASTRUCTURE: f"see that runner, network or registry are well again; {_AGAIN}",
    CiCause.CONFIGURATION: f"let the workflow start at GitHub (allow it, or mend its file); {_AGAIN}",
    CiCause.TIMEOUT: f"find out what takes so long, or give it more time; {_AGAIN}",
    CiState.NONE: "review the change as what nothing has checked but Ferry's own run of the tests, or set up CI",
    CiState.SKIPPED: f"see why every check was skipped; {_AGAIN}",
    CiState.MOVED: "go on by hand, or take the commit away that is not Ferry's and then `/agent retry {id}`",
    CiState.TIMED_OUT: f"see why these checks did not end or never began; {_AGAIN}",
}


def escalated(task: Task, pulls: Sequence[PullRequest], spent: str) -> Rendered:
    text = f"{task.ticket_key}: CI needs a person"
    red = [pull for pull in pulls if pull.ci != "passed"]
    blocks: list[Block] = [section(f":warning: *{escaped(text)}*")]
    for pull in red[:CASES]:
        blocks += _case(task, pull)
    if more := [link(pull.url, f"{pull.repo}#{pull.number}") for pull in red[CASES:]]:
        blocks.append(section(f"*And:* {', '.join(more)}"))
    if green := [link(pull.url, f"{pull.repo}#{pull.number}") for pull in pulls if pull.ci == "passed"]:
        blocks.append(section(f":white_check_mark: green: {', '.join(green)}"))
    return text, [*blocks, context(f"{spent} · task `{task.id}`")]


def in_one_line(pulls: Sequence[PullRequest]) -> str:
    """For the task's own record."""
    return "; ".join(f"{pull.repo}: {pull.note or f'CI {pull.ci}'}" for pull in pulls if pull.ci != "passed")


def _case(task: Task, pull: PullRequest) -> list[Block]:
    last = pull.history[-1] if pull.history else CiEntry(head=pull.head, result=pull.ci)
    where = f"*{link(pull.url, f'{pull.repo}#{pull.number}')}* at {code(last.head[:7])}"
    lines = [where, f"*{_cause(pull, last)}:* {prose(cut(pull.note or last.result, 600))}"]
    if last.failed:
        names = ", ".join(code(name) for name in last.failed)
        lines.append(f"*Red:* {names}" + (f" ({link(last.url, 'log')})" if last.url else ""))
    lines.append("*Tried:*\n" + "\n".join(f"• {one}" for one in _tried(pull)))
    lines.append(f"*What helps:* {escaped(_helps(task, pull, last))}")
    blocks = [section("\n".join(lines))]
    if last.excerpt:
        blocks.append(section(f"{FENCE}\n{escaped(last.excerpt[-EXCERPT:])}\n{FENCE}"))
    return blocks


def _cause(pull: PullRequest, last: CiEntry) -> str:
    if last.cause == CiCause.REAL:
        return "Real failure"
    return escaped((last.cause or pull.ci).replace("-", " ").replace("_", " ").capitalize())


def _tried(pull: PullRequest) -> list[str]:
    """Oldest first, each with what it was about."""
    tried = [
        f"{code(entry.head[:7])} {escaped(entry.cause)}: {_short(entry.tried)}; {_short(entry.result)}"
        for entry in pull.history
        if entry.tried
    ]
    return tried or ["nothing: no change by Ferry would help"]


def _helps(task: Task, pull: PullRequest, last: CiEntry) -> str:
    known: dict[str, str] = {str(name): text for name, text in HELPS.items()}
    return known.get(last.cause or pull.ci, known.get(pull.ci, _FIX)).format(id=task.id)


def _short(text: str) -> str:
    return prose(cut(text, 300))
