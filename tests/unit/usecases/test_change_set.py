"""A change set is told as one: checks, texts, merges, and the pull requests that undo it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ferry.domain.change import FileChange
from ferry.domain.change_set import CHECK, MergeOrder, section
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import VendorUnavailable
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.triggers.slack import Command
from ferry.usecases.admit import admit
from ferry.usecases.change_set import tell
from ferry.usecases.ci import watch
from ferry.usecases.command import obey
from ferry.usecases.rules import Rules
from tests.fakes.forge import FakeForge
from tests.unit.usecases.conftest import AT, TASK, FakeWorld

PRICING, SHOP = "acme/pricing", "acme/shop"
RULES = Rules(label="AI", own_account="", approvers=frozenset({"U1"}), max_revisions=2)


@pytest.fixture
def pair() -> FakeWorld:
    """A task with two ready pull requests, pricing before shop."""
    world = FakeWorld(forge=FakeForge({PRICING: {"a.py": "1\n"}, SHOP: {"b.py": "1\n"}}))
    world.store.create_task(
        Task(id=TASK, ticket_key="FERRY-1", title="Tiers", status=TaskStatus.EXECUTING, created_at=AT, updated_at=AT)
    )
    for position, (repo, path) in enumerate(((PRICING, "a.py"), (SHOP, "b.py")), 1):
        main = world.forge.head(repo, "main") or ""
        world.forge.create_branch(repo, "ferry/one", main)
        change = FileChange(path, b"2\n")
        head = world.forge.commit(repo, "ferry/one", parent=main, message="Do it", changes=[change])
        ref = world.forge.open_draft(repo, branch="ferry/one", base="main", title="One", body="")
        world.store.put_pull_request(
            TASK,
            PullRequest(
                repo=repo,
                number=ref.number,
                branch="ferry/one",
                url=ref.url,
                base=main,
                head=head,
                position=position,
                done=True,
            ),
        )
    pulls = world.store.pull_requests(TASK)
    for pull in pulls:
        body = f"Mine.\n\n{section(pulls, pull.repo)}\n\nMore."
        world.forge.update_pull_request(pull.repo, pull.number, body=body)
    return world


def check(world: FakeWorld, repo: str) -> tuple[bool, str]:
    head = world.forge.pull_request(repo, 1).head
    return world.forge.statuses[repo, head, CHECK]


def event(world: FakeWorld, repo: str, action: str = "closed", id: str = "g1") -> Receipt:
    body = {"action": action, "pull_request": {"number": 1}, "repository": {"full_name": repo}}
    return admit(Delivery(Source.GITHUB, f"{id}-{repo}", "pull_request", json.dumps(body), AT), world, RULES)


def posts(world: FakeWorld) -> list[str]:
    return [message.text for message in world.chat.messages.values()]


def kinds(world: FakeWorld, kind: str) -> list[str]:
    return [one.detail for one in world.store.events(TASK) if one.kind == kind]


def test_each_pull_request_shows_whose_turn_it_is_when_ci_is_first_watched(pair: FakeWorld) -> None:
    pull = pair.store.pull_requests(TASK)[0]

    watch(TASK, PRICING, pull.head, "token", pair)

    assert check(pair, PRICING)[0]
    assert check(pair, SHOP) == (
        False,
        "waits for acme/pricing#1 to be merged (CI none); 2 pull requests: 1 without CI, 1 not tested yet",
    )


def test_a_merge_turns_the_next_check_green_and_both_texts_say_so(pair: FakeWorld) -> None:
    tell(TASK, pair)
    pair.forge.merge_pull_request(PRICING, 1)

    receipt = event(pair, PRICING)

    assert (receipt.outcome, receipt.reason, receipt.task_id) == (Outcome.IGNORED, "acme/pricing#1 is merged", TASK)
    assert check(pair, SHOP)[0]
    body = pair.forge.pull_request(SHOP, 1).body
    assert body.startswith("Mine.")
    assert body.endswith("More.")
    assert "1 merged, 1 not tested yet" in body
    assert kinds(pair, "pull request merged") == ["acme/pricing#1"]


def test_a_redelivered_merge_is_told_once(pair: FakeWorld) -> None:
    for repo in (PRICING, SHOP):
        pair.forge.merge_pull_request(repo, 1)
        event(pair, repo)

    event(pair, SHOP, id="g2")

    assert kinds(pair, "pull request merged") == ["acme/pricing#1", "acme/shop#1"]
    assert sum("All 2 pull requests are merged" in text for text in posts(pair)) == 1


def test_a_pull_request_closed_without_a_merge_blocks_and_opened_again_waits(pair: FakeWorld) -> None:
    pair.forge.close_pull_request(PRICING, 1)
    event(pair, PRICING)
    closed = check(pair, SHOP)
    pull = pair.forge.pull(PRICING, 1)
    pull.ref = replace(pull.ref, open=True)

    event(pair, PRICING, "reopened", id="g2")

    assert closed[1].startswith("acme/pricing#1 was closed without being merged")
    assert check(pair, SHOP)[1].startswith("waits for acme/pricing#1")


def test_by_the_rule_green_a_passing_ci_is_enough(pair: FakeWorld) -> None:
    pair.merge_order = MergeOrder.GREEN
    pull = pair.store.pull_requests(TASK)[0]
    pair.store.put_pull_request(TASK, pull.model_copy(update={"ci": "passed"}))

    tell(TASK, pair)

    assert check(pair, SHOP)[0]


def test_without_a_rule_nothing_is_said_on_a_commit(pair: FakeWorld) -> None:
    pair.merge_order = MergeOrder.OFF

    tell(TASK, pair)

    assert pair.forge.statuses == {}


def test_what_was_said_is_not_said_again(pair: FakeWorld) -> None:
    tell(TASK, pair)
    pair.forge.statuses.clear()

    tell(TASK, pair)

    assert pair.forge.statuses == {}


def test_a_forge_that_is_away_is_noted_and_the_next_event_makes_it_good(pair: FakeWorld) -> None:
    class Away(FakeForge):
        def set_status(self, *_: object, **__: object) -> None:
            raise VendorUnavailable("GitHub is away")

    there = pair.forge
    pair.forge = Away({})
    pair.forge.repos = there.repos
    tell(TASK, pair)
    assert len(kinds(pair, "notice failed")) == 2

    pair.forge = there
    tell(TASK, pair)

    assert check(pair, PRICING)[0]


def test_a_foreign_pull_request_is_nobodys_business(pair: FakeWorld) -> None:
    body = {"action": "closed", "pull_request": {"number": 9}, "repository": {"full_name": SHOP}}
    receipt = admit(Delivery(Source.GITHUB, "g9", "pull_request", json.dumps(body), AT), pair, RULES)

    assert receipt.reason == "acme/shop#9 closed: the pull request is not one of Ferry's"


def asks_to_revert(world: FakeWorld, id: str = "s1", user: str = "U1") -> Receipt:
    delivery = Delivery(Source.SLACK, id, "command", "", AT)
    return obey(delivery, Command(user, "revert", (TASK,), "C1"), world, RULES)


def test_undoing_opens_a_pull_request_for_each_that_was_merged_in_the_opposite_order(pair: FakeWorld) -> None:
    for repo in (PRICING, SHOP):
        pair.forge.merge_pull_request(repo, 1)

    assert asks_to_revert(pair).outcome is Outcome.DECIDED

    shop, pricing = pair.forge.pull_request(SHOP, 2), pair.forge.pull_request(PRICING, 2)
    assert f"1. {shop.url} (undoes acme/shop#1) ← this one" in shop.body
    assert f"2. {pricing.url} (undoes acme/pricing#1)" in shop.body
    assert "somebody in Slack" in shop.body
    assert "U1" not in shop.body
    assert pair.forge.repos[SHOP].commits[shop.head].tree["b.py"][0] == b"1\n"
    assert posts(pair)[-1].startswith("Undoing FERRY-1: 2 of 2 pull requests are prepared")


def test_asking_twice_prepares_nothing_twice(pair: FakeWorld) -> None:
    pair.forge.merge_pull_request(PRICING, 1)

    asks_to_revert(pair)
    asks_to_revert(pair, "s2")

    assert sorted(pair.forge.repos[PRICING].pulls) == [1, 2]
    assert len(kinds(pair, "revert prepared")) == 1


def test_what_cannot_be_undone_by_itself_is_said_and_the_rest_is_prepared(pair: FakeWorld) -> None:
    for repo in (PRICING, SHOP):
        pair.forge.merge_pull_request(repo, 1)
    pair.forge.push(SHOP, "main", "ada", FileChange("b.py", b"3\n"))

    asks_to_revert(pair)

    assert posts(pair)[-1].startswith("Undoing FERRY-1: 1 of 2")
    assert sorted(pair.forge.repos[PRICING].pulls) == [1, 2]
    assert sorted(pair.forge.repos[SHOP].pulls) == [1]


def test_nothing_merged_is_nothing_to_undo(pair: FakeWorld) -> None:
    asks_to_revert(pair)

    assert "nothing of task FERRY-1-a is merged" in pair.chat.whispers[-1][1]
    assert sorted(pair.forge.repos[PRICING].pulls) == [1]


def test_who_may_not_steer_may_not_undo(pair: FakeWorld) -> None:
    pair.forge.merge_pull_request(PRICING, 1)

    asks_to_revert(pair, user="U9")

    assert sorted(pair.forge.repos[PRICING].pulls) == [1]
