"""What changed since an approval, in lines that a person can judge by: mrkdwn, foreign parts escaped."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.mandate import Mandate, Moved
from ferry.domain.messages.blocks import FENCE, cut, escaped
from ferry.domain.plan_md import PLAN_FILE
from ferry.domain.policy import Policy
from ferry.ports import Comparison
from ferry.usecases.footing import Case
from ferry.usecases.world import World

MOST_FILES, LONGEST_DIFF = 8, 1200


def explained(changes: Sequence[Moved], case: Case, world: World) -> tuple[str, ...]:
    """One entry per change."""
    return tuple(_line(one, case, world) for one in changes)


def briefly(changes: Sequence[Moved]) -> str:
    """For the timeline, after "but"."""
    words = ("a change needs permission" if one.what == "findings" else f"the {one.what} changed" for one in changes)
    return ", ".join(dict.fromkeys(words))


def tolerated(one: Moved, approved: Mandate, policy: Policy, world: World) -> bool:
    """A base that moved elsewhere than in the plan's files, where the policy says that this is no reason to ask."""
    if one.what != "base" or policy.moved_base != "touched":
        return False
    files = {file.path for file in world.forge.compare(one.repo, one.before, one.after).files}
    return not files & set(approved.paths[one.repo])


def _line(one: Moved, case: Case, world: World) -> str:
    match one.what:
        case "base":
            return _base(one, case, world.forge.compare(one.repo, one.before, one.after))
        case "branch":
            return _branch(one, world.forge.compare(one.repo, one.before, one.after))
        case "ticket's text" if not one.after:
            return "*The ticket cannot be read any more*; look at it before you approve"
        case "ticket's text":
            return (
                "*The ticket was edited.* The diff is in the thread; the plan follows the text as it was at the trigger"
            )
        case "budget":
            return f"*The ceiling changed* from ${int(one.before) / 100:.2f} to ${int(one.after) / 100:.2f}"
        case "findings":
            return "*A finished change needs your permission*; it is shown below"
        case "plan" | "ticket" | "paths" | "discovery":
            return f"*The {one.what} that is stored is not the one that was approved*; look at it with care"
        case setting:
            return f"*The setting {escaped(setting)} changed* from `{escaped(one.before)}` to `{escaped(one.after)}`"


def _base(one: Moved, case: Case, found: Comparison) -> str:
    planned = case.record.plan.paths_of(one.repo) & {file.path for file in found.files}
    touches = f"it touches {_files(sorted(planned))} of this plan" if planned else "no file of this plan is touched"
    files = _files([file.path for file in found.files])
    return f"*{escaped(one.repo)} moved* {_span(one)}: {_commits(found)} in {files}; {touches}"


def _branch(one: Moved, found: Comparison) -> str:
    files = _files([file.path for file in found.files])
    said = f"*Somebody changed the task's branch in {escaped(one.repo)}* {_span(one)}: {_commits(found)} in {files}"
    edit = next((file.patch for file in found.files if file.path == PLAN_FILE), "")
    if not edit:
        return f"{said}. Approving takes that in"
    return f"{said}. PLAN.md was put back; ask for changes if you want what was written there:\n{_written(edit)}"


def _written(patch: str) -> str:
    """The lines that are new, and how many went: of a plan that was replaced whole, those are what matters."""
    lines = patch.splitlines()
    new = "\n".join(line for line in lines if line.startswith("+"))
    gone = sum(line.startswith("-") for line in lines)
    shown = escaped(cut(new.replace(FENCE, "'''"), LONGEST_DIFF))
    return f"{FENCE}{shown}{FENCE} ({gone} lines were taken out)"


def _span(one: Moved) -> str:
    return f"from `{one.before[:7]}` to `{one.after[:7]}`"


def _commits(found: Comparison) -> str:
    count = "one commit" if found.commits == 1 else f"{found.commits} commits"
    return f"{count} by {escaped(', '.join(found.authors))}" if found.authors else count


def _files(paths: Sequence[str]) -> str:
    shown = ", ".join(f"`{escaped(path)}`" for path in paths[:MOST_FILES])
    return f"{shown} and {len(paths) - MOST_FILES} more files" if len(paths) > MOST_FILES else shown or "no file"
