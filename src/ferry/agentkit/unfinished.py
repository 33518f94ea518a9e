"""What an attempt had changed when its money ran out: kept, named on the pull request, and shown to the next."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime

from ferry.agentkit.approved import Approved, pull_request_of
from ferry.agentkit.text import cut
from ferry.agentkit.untrusted import block
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import Workspace
from ferry.domain.change import FileChange
from ferry.domain.document import Document
from ferry.domain.errors import BudgetExceeded, FerryError, GateViolation, NoProgress, NotFound
from ferry.domain.gates import check_diff
from ferry.domain.markdown import plain
from ferry.domain.step import StepRequest, progress_key
from ferry.domain.stopped_note import noted

KEPT, SHOWN, EXPIRED = "unfinished work kept", "unfinished work shown", "unfinished work expired"


class Unfinished(Document):
    """item: what was worked on; head: the commit under it; why: the error that ended it; patch: a unified diff; at:
    when it was kept, long ago where that was not noted."""

    item: str
    head: str
    why: str
    patch: str
    at: AwareDatetime = datetime.fromtimestamp(0, UTC)


def key_of(request: StepRequest) -> str:
    return progress_key(request.task_id, f"{request.repo}@unfinished")


@contextmanager
def kept_at_a_limit(
    place: Workspace, request: StepRequest, approved: Approved, bench: Workbench, *, item: str, head: str
) -> Iterator[None]:
    """Whatever the attempt changed survives its budget; one that ends well takes away what was said of another."""
    try:
        yield
    except (BudgetExceeded, NoProgress) as error:
        _keep(place, request, approved, bench, f"{type(error).__name__}: {error}", item, head)
        raise
    with suppress(NotFound):
        bench.artifacts.get(key_of(request))
        _tell_pull_request(request, bench, "")


def left_unfinished(
    request: StepRequest, bench: Workbench, head: str, same: Callable[[str], bool]
) -> Unfinished | None:
    """What an attempt at the same item left on the same commit: to be shown, never applied unseen, because whoever
    does not know of an edit makes it twice. What was kept for too long is begun anew.
    same: whether an item is that one."""
    try:
        left = Unfinished.read(bench.artifacts.get(key_of(request)), key_of(request))
    except NotFound:
        return None
    if left.head != head or not same(left.item):
        return None
    age = bench.clock.now() - left.at
    if age > timedelta(seconds=bench.kept_seconds):
        anew = f"kept for longer than {bench.kept_seconds:g} s; the next attempt begins anew"
        bench.store.add_event(request.task_id, EXPIRED, f"{request.repo} {left.item}: {anew}")
        return None
    bench.store.add_event(request.task_id, SHOWN, f"{request.repo} {left.item}")
    return left


def told(left: Unfinished | None) -> str:
    """For a prompt: what was left, as data; "" for nothing."""
    if left is None:
        return ""
    ours = (
        f"An attempt before this one ended by {left.why.partition(':')[0]} before it was done. What it had changed "
        "until then, for your information; begin with the files as they are:"
    )
    return f"{ours}\n{block('unfinished', cut(left.patch, 6000))}"


def _keep(
    place: Workspace,
    request: StepRequest,
    approved: Approved,
    bench: Workbench,
    why: str,
    item: str,
    head: str,
) -> None:
    changed, strange = place.changed()
    if not changed:
        return
    patch = _patch(place, place.changes(changed - strange))
    left = Unfinished(item=item, head=head, why=why, patch=patch, at=bench.clock.now())
    bench.artifacts.put(key_of(request), left.model_dump_json().encode())
    names = sorted(changed)
    bench.store.add_event(request.task_id, KEPT, f"{request.repo} {item}: {', '.join(names)} ({key_of(request)})")
    with suppress(GateViolation):
        check_diff(changed, approved.record.plan.paths_of(request.repo), symlinks=strange)
        files = "\n".join(f"- `{name}`" for name in names)
        note = (
            f"### Stopped before it was done\n\n{plain(item)} stopped by {plain(why)}\n\n"
            f"Not committed, and kept in the task's record:\n\n{files}"
        )
        _tell_pull_request(request, bench, note)


def _tell_pull_request(request: StepRequest, bench: Workbench, note: str) -> None:
    """All else in its text stays, its proof above all; a failure is noted and stops nothing."""
    number = pull_request_of(bench.store, request.task_id, request.repo).number
    try:
        body = bench.forge.pull_request(request.repo, number).body
        changed = noted(body, note)
        if changed != body:
            bench.forge.update_pull_request(request.repo, number, body=changed)
    except FerryError as error:
        told = f"{request.repo}: its pull request could not tell what was stopped: {error}"
        bench.store.add_event(request.task_id, "notice failed", told)


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
