"""How far a repository is, kept after every commit, so that a step that died goes on where it was."""

from __future__ import annotations

from collections.abc import Mapping

from ferry.domain.document import Document
from ferry.domain.errors import NotFound
from ferry.domain.plan import PlanRecord
from ferry.domain.pr_body import ProofRow
from ferry.domain.step import progress_key
from ferry.ports import ArtifactStore


class Pending(Document):
    """A commit that is about to be made. tree: digest of the tree it leads to; proof: without its SHA."""

    tree: str
    proof: ProofRow


class Progress(Document):
    """plan: digest of the plan it belongs to; head: of the branch after our last commit; done: SHA by plan task;
    proofs: in the order of the commits."""

    plan: str
    head: str
    done: Mapping[str, str] = {}
    proofs: tuple[ProofRow, ...] = ()
    pending: Pending | None = None

    def committed(self, sha: str) -> Progress:
        """The pending commit is made."""
        assert self.pending is not None  # noqa: S101  a commit is announced before it is made
        proof = self.pending.proof.model_copy(update={"commit": sha})
        return self.model_copy(
            update={
                "head": sha,
                "done": {**self.done, proof.item: sha},
                "proofs": (*self.proofs, proof),
                "pending": None,
            }
        )


def load(artifacts: ArtifactStore, record: PlanRecord, repo: str, head: str) -> Progress:
    """What was saved under this very plan, or a start at `head`."""
    key = progress_key(record.task_id, repo)
    start = Progress(plan=record.digest, head=head)
    try:
        saved = Progress.read(artifacts.get(key), key)
    except NotFound:
        return start
    return saved if saved.plan == start.plan else start


def save(artifacts: ArtifactStore, task_id: str, repo: str, progress: Progress) -> None:
    artifacts.put(progress_key(task_id, repo), progress.model_dump_json().encode())
