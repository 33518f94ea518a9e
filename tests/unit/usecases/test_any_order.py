"""The same events, however doubled, reordered and interrupted, give the same set of runs and a receipt for each."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.delivery import Delivery, Outcome, Source
from ferry.domain.errors import TransientError, VendorUnavailable
from ferry.usecases.admit import admit
from ferry.usecases.readers import READERS
from ferry.usecases.rules import Rules
from tests.fakes.engine import FakeEngine
from tests.unit.domain.test_triggers import finished, labelled
from tests.unit.usecases.conftest import AT, FakeWorld

RULES = Rules(label="AI", own_account="FERRY", approvers=frozenset({"U1"}), max_revisions=3)


def label(key: str, change: str, id: str) -> Delivery:
    body = labelled()
    body["issue"]["key"] = key
    body["changelog"]["id"] = change
    return Delivery(Source.JIRA, id, "jira:issue_updated", json.dumps(body), AT)


def other(source: Source, kind: str, body: dict[str, Any]) -> Delivery:
    return Delivery(source, f"{kind}-1", kind, json.dumps(body), AT)


# Three tickets; FERRY-1's one change is told by two webhooks, and there is noise from all four sources.
EVENTS = (
    label("FERRY-1", "71", "a"),
    label("FERRY-1", "71", "b"),
    label("FERRY-2", "72", "c"),
    label("FERRY-3", "73", "d"),
    other(Source.JIRA, "comment_created", {"webhookEvent": "comment_created", "issue": {"key": "FERRY-1"}}),
    other(Source.GITHUB, "check_suite", finished()),
    other(Source.GITHUB, "push", {"ref": "refs/heads/main"}),
    other(Source.SENTRY, "event_alert", {}),
    other(Source.SLACK, "block_actions", {"type": "block_actions"}),
)


class ShakyEngine(FakeEngine):
    """Every start fails as often as `failures` says, one number per start; half of them after the start was made."""

    def __init__(self, failures: list[int]) -> None:
        super().__init__()
        self._failures = failures

    def start(self, name: str, input: Any) -> str:
        times = self._failures.pop() if self._failures else 0
        if times:
            self._failures.append(times - 1)
            if times % 2:
                super().start(name, input)
            raise VendorUnavailable("Step Functions throttles")
        return super().start(name, input)


@settings(max_examples=200, deadline=None)
@given(
    order=st.permutations([*EVENTS, *EVENTS, *EVENTS[:4]]),
    failures=st.lists(st.integers(0, 3), max_size=4),
    waits=st.lists(st.integers(0, 90), min_size=1, max_size=6),
)
def test_the_same_events_in_any_order_give_the_same_set_of_runs(
    order: list[Delivery], failures: list[int], waits: list[int]
) -> None:
    world = FakeWorld(engine=ShakyEngine(failures))
    queue = list(order)
    while queue:
        delivery = queue.pop(0)
        try:
            admit(delivery, world, RULES)
        except TransientError:
            queue.append(delivery)
        world.clock.advance(waits[len(queue) % len(waits)])

    runs = sorted(task.id for task in world.store.tasks())
    assert runs == RUNS
    assert sorted(world.engine.executions) == RUNS
    receipts = {event.name: world.store.receipt(event.name) for event in EVENTS}
    outcomes = Counter(receipt.outcome for receipt in receipts.values())
    assert outcomes == {Outcome.STARTED: 3, Outcome.DUPLICATE: 1, Outcome.IGNORED: 5}
    assert all(receipt.reason for receipt in receipts.values())


def _in_order() -> list[str]:
    world = FakeWorld()
    for event in EVENTS:
        admit(event, world, RULES)
    return sorted(task.id for task in world.store.tasks())


RUNS = _in_order()


KEYS = [
    "webhookEvent",
    "issue",
    "fields",
    "key",
    "labels",
    "changelog",
    "items",
    "field",
    "toString",
    "user",
    "accountId",
    "comment",
    "author",
    "timestamp",
    "id",
    "action",
    "check_run",
    "check_suite",
    "pull_requests",
    "repository",
    "sender",
    "installation",
    "repositories_added",
    "review",
    "type",
    "actions",
    "action_id",
    "value",
    "state",
    "values",
    "channel",
    "command",
    "text",
    "number",
    "head_sha",
    "full_name",
    "ref",
]
WORDS = st.sampled_from(["AI", "labels", "jira:issue_created", "block_actions", "approve", "completed", "7", ""])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=400, deadline=None)
@given(row=st.sampled_from(sorted(READERS)), body=st.dictionaries(st.sampled_from(KEYS), json_values, max_size=6))
def test_no_signed_body_makes_admission_raise(row: tuple[Source, str], body: dict[str, Any]) -> None:
    source, kind = row
    known = {Source.JIRA: "webhookEvent", Source.SLACK: "type"}.get(source)
    text = json.dumps({**body, known: kind} if known else body)

    receipt = admit(Delivery(source, "d", kind, text, AT), FakeWorld(), RULES)

    assert receipt.reason
