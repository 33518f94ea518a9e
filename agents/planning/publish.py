"""Draft pull requests with PLAN.md, in merge order. Whatever was opened is on record before the next one is opened."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ferry.agentkit.commit_message import commit_style_of
from ferry.domain import plan_md, pr_body
from ferry.domain.change import FileChange
from ferry.domain.commit_style import trailers, written
from ferry.domain.errors import FerryError, StaleHead
from ferry.domain.naming import pull_request_title
from ferry.domain.plan import PlanRecord
from ferry.domain.task import PullRequest
from ferry.domain.ticket import Ticket
from ferry.ports import Forge, PullRequestRef, TaskStore


def publish(record: PlanRecord, ticket: Ticket, *, forge: Forge, store: TaskStore) -> tuple[PullRequest, ...]:
    """Pull requests in merge order; what is right already stays as it is, so this can be repeated at any point.

    StaleHead when the branch belongs to somebody else; nothing of theirs is touched.
    """
    work = _Publication(record, ticket, forge, store)
    for position, repo in enumerate(record.order, 1):
        work.open(repo, position)
    for pull in work.recorded():
        if pull.repo not in record.order:
            work.drop(pull)
    return work.link()


@dataclass(frozen=True)
class _Publication:
    record: PlanRecord
    ticket: Ticket
    forge: Forge
    store: TaskStore

    def recorded(self) -> list[PullRequest]:
        return self.store.pull_requests(self.record.task_id)

    def open(self, repo: str, position: int) -> None:
        record, forge = self.record, self.forge
        is_new = forge.head(repo, record.branch) is None
        try:
            ref, head = self._draft(repo)
        except FerryError as error:
            # A branch that no pull request shows would belong to nobody.
            if is_new and not isinstance(error, StaleHead):
                with suppress(FerryError):
                    forge.delete_branch(repo, record.branch)
            raise
        pull = PullRequest(
            repo=repo,
            number=ref.number,
            branch=record.branch,
            url=ref.url,
            base=record.bases[repo],
            head=head,
            position=position,
        )
        self.store.put_pull_request(record.task_id, pull)

    def link(self) -> tuple[PullRequest, ...]:
        """Only now every body can name all the others."""
        pulls = tuple(self.recorded())
        for pull in pulls:
            body = pr_body.render(self.record, self.ticket, pulls, pull.repo, ())
            self.forge.update_pull_request(pull.repo, pull.number, body=body)
        return pulls

    def drop(self, pull: PullRequest) -> None:
        """The new plan does without this repository."""
        self.forge.close_pull_request(pull.repo, pull.number)
        self.forge.delete_branch(pull.repo, pull.branch)
        self.store.drop_pull_request(self.record.task_id, pull.repo)
        self.store.add_event(
            self.record.task_id, "pull request closed", f"{pull.repo}: plan {self.record.revision} does without it"
        )

    def _draft(self, repo: str) -> tuple[PullRequestRef, str]:
        head = self._commit_plan(repo)
        ref = self.forge.find_pull_request(repo, self.record.branch) or self.forge.open_draft(
            repo,
            branch=self.record.branch,
            base=self.forge.default_branch(repo),
            title=pull_request_title(self.ticket),
            body=pr_body.render(self.record, self.ticket, self.recorded(), repo, ()),
        )
        return ref, head

    def _commit_plan(self, repo: str) -> str:
        """Head of the branch with this revision's PLAN.md in it."""
        record, wanted = self.record, plan_md.render(self.record, self.ticket)
        head = self.forge.head(repo, record.branch)
        if head is None:
            head = record.bases[repo]
            self.forge.create_branch(repo, record.branch, head)
        if head != record.bases[repo]:
            written = self._plan_at(repo, head)
            if written == wanted:
                return head
            if not plan_md.is_plan_of(written, record.task_id):
                raise self._foreign(repo)
        return self.forge.commit(
            repo,
            record.branch,
            parent=head,
            message=self._message(repo),
            changes=(FileChange(plan_md.PLAN_FILE, wanted.encode()),),
        )

    def _message(self, repo: str) -> str:
        """In the way of the repository, like every commit of ours; nobody has approved anything yet."""
        record, ticket = self.record, self.ticket
        style = commit_style_of(repo, record.bases[repo], self.forge)
        said = f"docs: plan {ticket.key}, revision {record.revision}"
        asked = ("Requested-by", ticket.triggered_by_name or ticket.triggered_by)
        signed = trailers([asked, ("Ferry-Task", record.task_id)])
        return f"{written(said, style, ticket=ticket.key, file=plan_md.PLAN_FILE)}\n\n{signed}"

    def _plan_at(self, repo: str, sha: str) -> str:
        with TemporaryDirectory(prefix="ferry-", ignore_cleanup_errors=True) as folder:
            self.forge.download(repo, sha, Path(folder))
            file = Path(folder) / plan_md.PLAN_FILE
            is_plain = file.is_file() and not file.is_symlink()
            return file.read_bytes().decode("utf-8", errors="replace") if is_plain else ""

    def _foreign(self, repo: str) -> StaleHead:
        return StaleHead(
            f"{repo}: branch {self.record.branch} belongs to somebody else and was not touched; "
            "rename or delete it, or change BRANCH_PATTERN, then resume"
        )
