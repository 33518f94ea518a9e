"""What the CI/CD agent writes down of one pull request: its state, its history, one line in the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ferry.agentkit.approved import pull_request_of
from ferry.agentkit.text import cut
from ferry.domain.ci_history import answered
from ferry.domain.step import StepRequest
from ferry.domain.task import PullRequest
from ferry.ports import Forge, TaskStore
from ferry.usecases.ci_history import show_history

EXCERPT = 2000


@dataclass(frozen=True)
class Record:
    request: StepRequest
    store: TaskStore
    forge: Forge

    @property
    def pull(self) -> PullRequest:
        return pull_request_of(self.store, self.request.task_id, self.request.repo)

    def answer(self, entry: dict[str, Any], **fields: Any) -> None:
        """entry: of the history, about `request.head`; fields: of the pull request."""
        pull = self.pull
        fields["history"] = answered(pull.history, self.request.head, **entry)
        fresh = pull.model_copy(update=fields)
        self.store.put_pull_request(self.request.task_id, fresh)
        show_history(self.request.task_id, fresh, store=self.store, forge=self.forge)

    def tell(self, kind: str, detail: str) -> None:
        self.store.add_event(self.request.task_id, kind, f"{self.request.repo} {detail}")


def excerpt(log: str) -> str:
    return cut(log, EXCERPT)
