"""A proved change that only a person may allow: kept as it is, and taken up again when its very digest is approved."""

from __future__ import annotations

from dataclasses import dataclass

from agents.execution.conversation import Work
from agents.execution.proof import Proved
from ferry.agentkit.approved import Approved
from ferry.agentkit.workspace import Workspace
from ferry.domain.change import FileChange
from ferry.domain.errors import NotFound
from ferry.domain.held import Held, HeldFile, HeldFinding
from ferry.domain.plan import PlanTask
from ferry.domain.step import held_key
from ferry.ports import ArtifactStore


@dataclass(frozen=True)
class Shelf:
    """The one change of a repository that waits for permission. What lies here grants nothing: the mandate does."""

    artifacts: ArtifactStore
    approved: Approved
    repo: str

    def allowed(self, held: Held) -> bool:
        """By the newest mandate, and within its paths."""
        mandate = self.approved.mandate
        inside = {file.path for file in held.files} <= set(mandate.paths[self.repo])
        return inside and held.digest in mandate.allowances

    def put(self, held: Held) -> None:
        self.artifacts.put(self._key, held.model_dump_json().encode())

    def of(self, task: PlanTask) -> Held | None:
        """The change that waits for `task` under this very plan."""
        try:
            held = Held.read(self.artifacts.get(self._key), self._key)
        except NotFound:
            return None
        mine = (held.plan, held.item, held.commit) == (self.approved.record.digest, task.id, "")
        return held if mine else None

    def done(self, task: PlanTask, sha: str) -> None:
        """`task` is committed; nobody is asked about its change any more."""
        if held := self.of(task):
            self.put(held.model_copy(update={"commit": sha}))

    @property
    def _key(self) -> str:
        return held_key(self.approved.record.task_id, self.repo)


def held_of(task: PlanTask, work: Work, proved: Proved, place: Workspace, approved: Approved) -> Held:
    """What a person would allow; made anew of what is in `place`, whatever was kept."""
    found = [HeldFinding(rule=one.rule, path=one.path, line=one.line, message=one.message) for one in proved.asked]
    return Held(
        task_id=approved.record.task_id,
        plan=approved.record.digest,
        repo=task.repo,
        item=task.id,
        findings=tuple(found),
        files=tuple(_file(change, place) for change in proved.changes),
        summary=work.summary,
        commit_message=work.commit_message,
    )


def changes_of(held: Held) -> tuple[FileChange, ...]:
    return tuple(FileChange(file.path, file.after, file.executable) for file in held.files)


def _file(change: FileChange, place: Workspace) -> HeldFile:
    before = place.pristine / change.path
    known = before.read_bytes() if before.is_file() and not before.is_symlink() else None
    return HeldFile(path=change.path, before=known, after=change.content, executable=change.executable)
