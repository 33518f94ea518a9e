"""The CI history where people look: in the text of the pull request."""

from __future__ import annotations

from ferry.domain.ci_history import spliced
from ferry.domain.errors import FerryError
from ferry.domain.task import PullRequest
from ferry.ports import Forge, TaskStore


def show_history(task_id: str, pull: PullRequest, *, store: TaskStore, forge: Forge) -> None:
    """Put `pull.history` into its body, where all else stays as it is; a failure is noted and stops nothing."""
    try:
        body = forge.pull_request(pull.repo, pull.number).body
        changed = spliced(body, pull.history)
        if changed != body:
            forge.update_pull_request(pull.repo, pull.number, body=changed)
    except FerryError as error:
        store.add_event(task_id, "notice failed", f"{pull.repo}: its CI history could not be shown: {error}")
