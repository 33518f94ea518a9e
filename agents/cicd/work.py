"""What CI's agent writes: a commit that was announced before, so that a step that dies just after it is taken over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from agents.cicd.record import Record
from ferry.agentkit.approved import Approved
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import tree_digest
from ferry.domain.change import FileChange
from ferry.domain.ci import CiCause, CiOutcome, CiResult
from ferry.domain.document import Document
from ferry.domain.errors import NotFound, StaleHead
from ferry.domain.step import StepRequest, progress_key


class Announced(Document):
    """A fix that is about to be committed. tree: digest of what the commit leads to; result: without the SHA;
    number: of the fix, counted over the whole life of the pull request."""

    tree: str
    result: CiResult
    number: int = 1


@dataclass(frozen=True)
class Work:
    """One request about one head of one branch."""

    request: StepRequest
    bench: Workbench
    approved: Approved

    @property
    def record(self) -> Record:
        return Record(self.request, self.bench.store, self.bench.forge)

    @property
    def number(self) -> int:
        """Of the fix that would be next: fixes are counted per pull request, not per execution."""
        return self.record.pull.fixes + 1

    def taken_over(self, head: str | None) -> CiResult:
        """The fix that a step before this one committed just before it died; StaleHead when the commit is not ours."""
        with suppress(NotFound):
            announced = Announced.read(self.bench.artifacts.get(self._key), self._key)
            if head and self._tree(head) == announced.tree:
                return self._fixed(announced, head)
        raise StaleHead(
            f"{self.request.repo}: this was about {self.request.head[:7]}, but {self.approved.record.branch} is at "
            f"{(head or 'nothing')[:7]}; only the newest commit is worked on"
        )

    def stale(self, head: str | None) -> CiResult:
        """Nothing was written. A commit of ours is watched; of any other the wait says that it is not ours."""
        what = f"the branch is at {(head or 'nothing')[:7]} by now; nothing was changed"
        self.record.answer({"result": what})
        self.record.tell("ci stale", f"at {self.request.head[:7]}: {what}")
        ours = head if head == self.record.pull.head else ""
        return CiResult(outcome=CiOutcome.STALE, cause=CiCause.MOVED, what=what, commit=ours or "")

    def _deliver(self, result: CiResult, message: str, changes: tuple[FileChange, ...], tree: str) -> CiResult:
        announced = Announced(tree=tree, result=result, number=self.number)
        self._announce(announced)
        return self._fixed(announced, self._commit(message, changes))

    def _announce(self, announced: Announced) -> None:
        self.bench.artifacts.put(self._key, announced.model_dump_json().encode())

    def _commit(self, message: str, changes: tuple[FileChange, ...]) -> str:
        return self.bench.forge.commit(
            self.request.repo,
            self.approved.record.branch,
            parent=self.request.head,
            message=self.bench.commit_message(
                self.approved, self.request.repo, message, file=changes[0].path, item=self._item, by=self._by
            ),
            changes=changes,
        )

    def _fixed(self, announced: Announced, sha: str) -> CiResult:
        result = announced.result
        told = f"{result.cause}: {result.what}"
        entry = {"cause": str(result.cause), "tried": result.what, "result": f"fixed in {sha[:7]}"}
        self.record.answer(entry, head=sha, fixes=announced.number, note=f"CI fixed, {told}", ci="pending")
        self.record.tell("ci fixed", f"{told}; committed {sha[:7]}")
        return result.model_copy(update={"commit": sha})

    @property
    def _item(self) -> str:
        return f"ci-{self.number}"

    @property
    def _by(self) -> str:
        """Who asked for this commit, "" for the ticket's requester."""
        return ""

    @property
    def _key(self) -> str:
        return progress_key(self.request.task_id, f"{self.request.repo}@{self.request.head}")

    def _tree(self, head: str) -> str:
        with self.bench.workspace(self.approved, self.request.repo, head) as place:
            return tree_digest(place.pristine)
