"""The contract of `Forge`: GitHub's adapter against the stand-in, and the fake, pass the same tests.

Every request of the adapter and every reply of the stand-in is checked against GitHub's own OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun, CiState, judge
from ferry.domain.errors import NotFound, StaleHead, VendorRefused
from ferry.ports import Forge, ReviewComment
from tests.contract.github_peer import CI, FILES, NAME, ORG, Peer, forge_of, peer, until
from tests.fakes.forge import FakeForge


@dataclass
class World:
    """A forge with one repository, and its CI."""

    forge: Forge
    fake: FakeForge | None = None
    at: Peer | None = None

    def checks(self, sha: str) -> tuple[CheckRun, ...]:
        """When CI of `sha` is complete: red where check.sh says exit."""
        if self.fake is None:
            return until(lambda: self._complete(sha))
        script = self.fake.repos[NAME].commits[sha].tree["check.sh"][0].decode()
        conclusion = "failure" if "exit" in script else "success"
        self.fake.set_checks(NAME, sha, CheckRun(id=7, name="test", status="completed", conclusion=conclusion))
        self.fake.repos[NAME].logs[7] = f"Run sh check.sh\n{script}\nexit code 3\n"
        return self.forge.check_runs(NAME, sha)

    def says(self, number: int, login: str, text: str) -> tuple[int, str]:
        """A comment of a person on a line; its id and its node id."""
        if self.fake is not None:
            threads = self.fake.pull(NAME, number).threads
            id = len(threads) + 1
            threads[id] = ReviewComment(author=login, path="check.sh", line=1, text=text)
            self.fake.subjects.add(f"PRRC_{id}")
            return id, f"PRRC_{id}"
        body = {"path": "check.sh", "line": 1, "body": text, "commit_id": "0" * 40}
        said = self._person(login, "POST", f"/repos/{NAME}/pulls/{number}/comments", body)
        return said["id"], said["node_id"]

    def resolve(self, number: int, thread: int) -> None:
        if self.fake is not None:
            self.fake.pull(NAME, number).resolved.add(thread)
            return
        query = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"
        self._person("ada", "POST", "/graphql", {"query": query, "variables": {"id": f"PRRT_{thread}"}})

    def replies(self, number: int, thread: int) -> list[str]:
        if self.fake is not None:
            return [text for id, text in self.fake.pull(NAME, number).replies if id == thread]
        found = self._person("ada", "GET", f"/repos/{NAME}/pulls/{number}/comments")
        return [comment["body"] for comment in found if comment.get("in_reply_to_id") == thread]

    def reactions(self, id: int) -> list[str]:
        if self.fake is not None:
            return [reaction for subject, reaction in self.fake.reactions if subject == f"PRRC_{id}"]
        found = self._person("ada", "GET", f"/repos/{NAME}/pulls/comments/{id}/reactions")
        return [reaction["content"] for reaction in found]

    def _person(self, login: str, method: str, path: str, body: object = None) -> Any:
        assert self.at
        headers = {"Authorization": f"Bearer {login}-token"}
        answer = requests.request(method, self.at.url + path, json=body, headers=headers, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def _complete(self, sha: str) -> tuple[CheckRun, ...]:
        found = self.forge.check_runs(NAME, sha)
        return found if found and all(check.status == "completed" for check in found) else ()


@pytest.fixture(params=["github", "fake"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "fake":
        fake = FakeForge({NAME: {**FILES, ".github/workflows/ci.yml": CI}}, writers=["ada"])
        yield World(fake, fake)
        return
    with peer(tmp_path, people="ada=ada-token,bob=bob-token", readers="bob") as at:
        yield World(forge_of(at), at=at)


def branch_with(world: World, name: str, *changes: FileChange) -> str:
    """A branch off main with one commit; its SHA."""
    main = world.forge.head(NAME, "main")
    assert main
    world.forge.create_branch(NAME, name, main)
    return world.forge.commit(NAME, name, parent=main, message="Change", changes=changes)


RED, GREEN = FileChange("check.sh", b"echo broken\nexit 3\n"), FileChange("check.sh", b"echo fine\n")


def test_the_organisation_lists_its_repositories(world: World) -> None:
    [ref] = world.forge.repositories()
    assert (ref.name, ref.default_branch, ref.archived, ref.fork) == (NAME, "main", False, False)
    assert world.forge.repository(NAME) == ref
    assert world.forge.repositories(ORG) == [ref]
    assert world.forge.default_branch(NAME) == "main"


def test_an_unknown_branch_has_no_head_and_an_unknown_repository_is_not_found(world: World) -> None:
    assert world.forge.head(NAME, "nowhere") is None
    with pytest.raises(NotFound):
        world.forge.default_branch(f"{ORG}/nothing")


def test_a_commit_adds_changes_deletes_and_keeps_the_rest(world: World, tmp_path: Path) -> None:
    sha = branch_with(
        world,
        "ferry/one",
        FileChange("src/price.py", b"PRICE = 2\n"),
        FileChange("docs/new ü.md", "Größe\n".encode()),
        FileChange("logo.bin", b"\x00\xff\xfe"),
        FileChange("run.sh", b"true\n", executable=True),
        FileChange("README.md", None),
    )
    assert world.forge.head(NAME, "ferry/one") == sha
    target = tmp_path / "out"
    target.mkdir()
    world.forge.download(NAME, sha, target)
    files = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert set(files) == {"src/price.py", "docs/new ü.md", "logo.bin", "run.sh", "check.sh", ".github/workflows/ci.yml"}
    assert files["src/price.py"] == b"PRICE = 2\n"
    assert files["logo.bin"] == b"\x00\xff\xfe"
    assert (target / "run.sh").stat().st_mode & 0o111
    assert not (target / "check.sh").stat().st_mode & 0o111


def test_a_moved_head_is_refused_and_nothing_is_overwritten(world: World) -> None:
    main = world.forge.head(NAME, "main")
    assert main
    there = branch_with(world, "ferry/one", GREEN)
    with pytest.raises(StaleHead):
        world.forge.commit(NAME, "ferry/one", parent=main, message="Late", changes=[RED])
    assert world.forge.head(NAME, "ferry/one") == there


def test_deleting_a_file_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(VendorRefused):
        branch_with(world, "ferry/one", FileChange("no/such.py", None))


def test_a_commit_on_a_branch_that_is_gone_is_refused(world: World) -> None:
    main = world.forge.head(NAME, "main")
    assert main
    with pytest.raises(StaleHead):
        world.forge.commit(NAME, "ferry/gone", parent=main, message="Late", changes=[RED])


def test_creating_a_branch_again_at_the_same_commit_is_nothing_and_elsewhere_is_stale(world: World) -> None:
    main = world.forge.head(NAME, "main")
    assert main
    world.forge.create_branch(NAME, "ferry/one", main)
    world.forge.create_branch(NAME, "ferry/one", main)
    there = world.forge.commit(NAME, "ferry/one", parent=main, message="Change", changes=[GREEN])
    with pytest.raises(StaleHead):
        world.forge.create_branch(NAME, "ferry/one", main)
    assert world.forge.head(NAME, "ferry/one") == there


def test_a_branch_at_an_unknown_commit_is_refused(world: World) -> None:
    with pytest.raises(VendorRefused):
        world.forge.create_branch(NAME, "ferry/one", "1" * 40)


def test_deleting_a_branch_twice_is_deleting_it_once(world: World) -> None:
    branch_with(world, "ferry/one", GREEN)
    world.forge.delete_branch(NAME, "ferry/one")
    world.forge.delete_branch(NAME, "ferry/one")
    assert world.forge.head(NAME, "ferry/one") is None


def test_a_draft_is_opened_once_found_changed_readied_and_closed(world: World) -> None:
    sha = branch_with(world, "ferry/one", GREEN)
    opened = world.forge.open_draft(NAME, branch="ferry/one", base="main", title="One", body="PLAN")
    assert opened.open
    assert opened.head == sha
    assert world.forge.find_pull_request(NAME, "ferry/one") == opened
    assert world.forge.open_draft(NAME, branch="ferry/one", base="main", title="Two", body="") == opened
    world.forge.update_pull_request(NAME, opened.number, title="Better", body="b" * 70_000)
    world.forge.comment(NAME, opened.number, "Hello **there**")
    world.forge.mark_ready(NAME, opened.number)
    world.forge.mark_ready(NAME, opened.number)
    world.forge.close_pull_request(NAME, opened.number)
    assert not world.forge.pull_request(NAME, opened.number).open
    assert world.forge.find_pull_request(NAME, "ferry/one") is None


def test_a_pull_request_from_nowhere_or_without_commits_is_refused(world: World) -> None:
    with pytest.raises(VendorRefused):
        world.forge.open_draft(NAME, branch="nowhere", base="main", title="One", body="")
    main = world.forge.head(NAME, "main")
    assert main
    world.forge.create_branch(NAME, "ferry/empty", main)
    with pytest.raises(VendorRefused):
        world.forge.open_draft(NAME, branch="ferry/empty", base="main", title="One", body="")


def test_the_pull_request_follows_its_branch(world: World) -> None:
    first = branch_with(world, "ferry/one", RED)
    number = world.forge.open_draft(NAME, branch="ferry/one", base="main", title="One", body="").number
    second = world.forge.commit(NAME, "ferry/one", parent=first, message="More", changes=[GREEN])
    assert world.forge.pull_request(NAME, number).head == second


def test_a_red_run_with_its_log_turns_green_with_the_next_commit(world: World) -> None:
    red = branch_with(world, "ferry/one", RED)
    world.forge.open_draft(NAME, branch="ferry/one", base="main", title="One", body="")
    checks = world.checks(red)
    assert [check.name for check in checks] == ["test"]
    assert judge(checks).state is CiState.FAILED
    assert "exit code 3" in world.forge.job_log(NAME, checks[0].id)
    green = world.forge.commit(NAME, "ferry/one", parent=red, message="Fix", changes=[GREEN])
    assert judge(world.checks(green)).state is CiState.PASSED
    assert judge(world.forge.check_runs(NAME, red)).state is CiState.FAILED


def test_a_job_without_a_log_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.forge.job_log(NAME, 999_999)
    main = world.forge.head(NAME, "main")
    assert main
    assert world.forge.check_runs(NAME, main) == ()


def test_what_should_be_there_and_is_not_is_not_found(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        world.forge.pull_request(NAME, 99)
    with pytest.raises(NotFound):
        world.forge.download(NAME, "2" * 40, tmp_path)


def test_who_may_write_is_told_from_who_may_read_and_from_strangers(world: World) -> None:
    assert world.forge.may_write(NAME, "ada")
    assert not world.forge.may_write(NAME, "bob")
    assert not world.forge.may_write(NAME, "mallory/../ada")


def pull_with_a_comment(world: World) -> tuple[int, int, str]:
    branch_with(world, "ferry/one", GREEN)
    number = world.forge.open_draft(NAME, branch="ferry/one", base="main", title="One", body="").number
    return number, *world.says(number, "ada", "Round half up")


def test_a_comment_on_a_line_is_answered_in_its_thread(world: World) -> None:
    number, id, _ = pull_with_a_comment(world)

    world.forge.reply(NAME, number, id, "Done")

    assert world.replies(number, id) == ["Done"]
    with pytest.raises(NotFound):
        world.forge.reply(NAME, number, 999_999, "Done")


def test_an_open_thread_is_told_with_what_was_answered_in_it(world: World) -> None:
    number, id, _ = pull_with_a_comment(world)

    world.forge.reply(NAME, number, id, "Done")

    [thread] = world.forge.unresolved(NAME, number)
    assert (thread.id, thread.author, thread.text) == (id, "ada", "Round half up")
    assert [text for _, text in thread.replies] == ["Done"]


def test_a_reaction_given_twice_is_there_once(world: World) -> None:
    _, id, subject = pull_with_a_comment(world)

    world.forge.react(subject, "eyes")
    world.forge.react(subject, "eyes")

    assert world.reactions(id) == ["eyes"]
    with pytest.raises(NotFound):
        world.forge.react("PRRC_999999", "eyes")


def test_only_threads_that_nobody_resolved_are_open(world: World) -> None:
    number, first, _ = pull_with_a_comment(world)
    id, _ = world.says(number, "bob", "Why?")
    world.forge.reply(NAME, number, first, "Done")
    world.resolve(number, first)

    assert world.forge.unresolved(NAME, number) == (
        ReviewComment(author="bob", path="check.sh", line=1, text="Why?", id=id),
    )
    with pytest.raises(NotFound):
        world.forge.unresolved(NAME, 99)
