"""What an attempt had changed when its money ran out: kept, named on the pull request, and taken up again."""

from __future__ import annotations

import base64
import difflib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from ferry.agentkit.approved import Approved, pull_request_of
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import Workspace
from ferry.domain import pr_body
from ferry.domain.change import FileChange
from ferry.domain.document import Document
from ferry.domain.errors import BudgetExceeded, GateViolation, NoProgress, NotFound
from ferry.domain.gates import check_diff
from ferry.domain.step import StepRequest, progress_key

KEPT, TAKEN_UP = "unfinished work kept", "unfinished work taken up"


class KeptFile(Document):
    """content: base64, None for a file that is gone."""

    path: str
    content: str | None
    executable: bool = False


class Unfinished(Document):
    """item: what was worked on; head: the commit under it; why: the error that ended it."""

    item: str
    head: str
    why: str
    files: tuple[KeptFile, ...]


def key_of(request: StepRequest) -> str:
    return progress_key(request.task_id, f"{request.repo}@unfinished")


def patch_key(request: StepRequest) -> str:
    """The same for a person, as a unified diff."""
    return progress_key(request.task_id, f"{request.repo}@unfinished-patch")


@contextmanager
def kept_at_a_limit(
    place: Workspace, request: StepRequest, approved: Approved, bench: Workbench, *, item: str, head: str
) -> Iterator[None]:
    """Whatever the attempt changed survives its budget. What the same item left at the same head is there again."""
    paths = approved.record.plan.paths_of(request.repo)
    _take_up(place, request, bench, item, head, paths)
    try:
        yield
    except (BudgetExceeded, NoProgress) as error:
        _keep(place, request, approved, bench, f"{type(error).__name__}: {error}", item, head, paths)
        raise


def _keep(
    place: Workspace,
    request: StepRequest,
    approved: Approved,
    bench: Workbench,
    why: str,
    item: str,
    head: str,
    paths: Collection[str],
) -> None:
    changed, strange = place.changed()
    if not changed:
        return
    changes = place.changes(changed - strange)
    left = Unfinished(item=item, head=head, why=why, files=tuple(map(_kept, changes)))
    bench.artifacts.put(key_of(request), left.model_dump_json().encode())
    bench.artifacts.put(patch_key(request), _patch(place, changes).encode())
    names = sorted(changed)
    bench.store.add_event(request.task_id, KEPT, f"{request.repo} {item}: {', '.join(names)} ({patch_key(request)})")
    with suppress(GateViolation):
        check_diff(changed, paths, symlinks=strange)
        _tell_pull_request(request, approved, bench, item, why, names)


def _take_up(
    place: Workspace, request: StepRequest, bench: Workbench, item: str, head: str, paths: Collection[str]
) -> None:
    """Through the same gate as any change: nothing outside the plan comes back."""
    with suppress(NotFound, GateViolation):
        left = Unfinished.read(bench.artifacts.get(key_of(request)), key_of(request))
        if (left.item, left.head) != (item, head) or place.changed()[0]:
            return
        check_diff({file.path for file in left.files}, paths)
        place.apply(_change(file) for file in left.files)
        # Once: an attempt after this one begins afresh, or from what this one leaves.
        bench.artifacts.put(key_of(request), left.model_copy(update={"item": ""}).model_dump_json().encode())
        names = ", ".join(file.path for file in left.files)
        bench.store.add_event(request.task_id, TAKEN_UP, f"{request.repo} {item}: {names}")


def _tell_pull_request(
    request: StepRequest, approved: Approved, bench: Workbench, item: str, why: str, names: list[str]
) -> None:
    pull = pull_request_of(bench.store, request.task_id, request.repo)
    files = "\n".join(f"- `{name}`" for name in names)
    note = (
        f"### Stopped before it was done\n\n{pr_body.plain(item)} stopped by {pr_body.plain(why)}\n\n"
        f"Not committed, kept in the task's record, and taken up again by the next attempt:\n\n{files}"
    )
    pulls = bench.store.pull_requests(request.task_id)
    body = pr_body.render(approved.record, approved.ticket, pulls, request.repo, (), note)
    bench.forge.update_pull_request(request.repo, pull.number, body=body)


def _kept(change: FileChange) -> KeptFile:
    content = None if change.content is None else base64.b64encode(change.content).decode()
    return KeptFile(path=change.path, content=content, executable=change.executable)


def _change(file: KeptFile) -> FileChange:
    content = None if file.content is None else base64.b64decode(file.content)
    return FileChange(file.path, content, file.executable)


def _patch(place: Workspace, changes: Collection[FileChange]) -> str:
    """Text alone; of a binary file only its name."""
    return "".join(line for change in changes for line in _diff(place, change))


def _diff(place: Workspace, change: FileChange) -> Iterator[str]:
    old = place.pristine / change.path
    try:
        before = old.read_bytes().decode() if old.is_file() else ""
        after = (change.content or b"").decode()
    except UnicodeDecodeError:
        yield f"Binary file {change.path} differs\n"
        return
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{change.path}", f"b/{change.path}", lineterm=""
    )
    yield from (f"{line}\n" for line in lines)
