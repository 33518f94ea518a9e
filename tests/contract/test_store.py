"""One contract for the record: DynamoDB (the template's own table, in moto) and the fake keep it alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from ferry.adapters.dynamodb import DynamoTaskStore
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.ledger import LedgerEntry, Usage
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.timeline import first_broken
from ferry.ports import TaskStore
from tests.contract.conftest import one_call_at_a_time
from tests.fakes.clock import FakeClock
from tests.fakes.spending import pay
from tests.fakes.store import FakeStore, leave
from tests.template import resources

AT = "2026-11-21T12:00:00.000+00:00"
DELIVERY = Delivery(Source.JIRA, "d1", "jira:issue_updated", "{}", AT)
RECEIPT = Receipt(DELIVERY.name, Outcome.STARTED, "because", AT, "FERRY-1-a")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["dynamodb", "fake"])
def store(request: pytest.FixtureRequest, clock: FakeClock) -> TaskStore:
    if request.param == "fake":
        return FakeStore(clock)
    request.getfixturevalue("aws")
    client = boto3.client("dynamodb")
    table = resources("AWS::DynamoDB::Table")["TaskTable"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    client.create_table(TableName="tasks", **{name: table[name] for name in wanted})
    one_call_at_a_time(client)
    return DynamoTaskStore(client, "tasks", clock)


def task(id: str = "FERRY-1-a", *, run: int = 1, at: str = AT) -> Task:
    return Task(
        id=id,
        ticket_key=id.rsplit("-", 1)[0],
        title="A title",
        status=TaskStatus.RECEIVED,
        created_at=at,
        updated_at=at,
        run=run,
    )


def test_a_claimed_delivery_is_refused_until_its_lease_runs_out(store: TaskStore, clock: FakeClock) -> None:
    assert store.claim_delivery(DELIVERY, "w1", lease_seconds=30) is None

    with pytest.raises(Conflict):
        store.claim_delivery(DELIVERY, "w2", lease_seconds=30)
    clock.advance(31)
    assert store.claim_delivery(DELIVERY, "w2", lease_seconds=30) is None


def test_a_claim_whose_answer_was_lost_may_be_written_again_by_its_owner(store: TaskStore) -> None:
    for _ in range(2):
        assert store.claim_delivery(DELIVERY, "w1", lease_seconds=30) is None


def test_a_released_delivery_can_be_claimed_at_once(store: TaskStore) -> None:
    store.claim_delivery(DELIVERY, "w1", lease_seconds=30)

    store.release_delivery(DELIVERY, "w1")

    assert store.claim_delivery(DELIVERY, "w2", lease_seconds=30) is None


def test_a_delivery_with_a_receipt_is_never_claimed_again(store: TaskStore, clock: FakeClock) -> None:
    store.claim_delivery(DELIVERY, "w1", lease_seconds=30)
    for _ in range(2):
        store.put_receipt(RECEIPT, "w1")
    store.release_delivery(DELIVERY, "w1")
    clock.advance(3600)

    assert store.claim_delivery(DELIVERY, "w1", lease_seconds=30) == RECEIPT
    assert store.claim_delivery(DELIVERY, "w2", lease_seconds=30) == RECEIPT
    assert store.receipt(DELIVERY.name) == RECEIPT


@pytest.mark.parametrize("finished", [True, False])
def test_a_worker_whose_lease_ran_out_cannot_take_the_receipt_from_its_successor(
    store: TaskStore, clock: FakeClock, finished: bool
) -> None:
    store.claim_delivery(DELIVERY, "w1", lease_seconds=30)
    clock.advance(31)
    store.claim_delivery(DELIVERY, "w2", lease_seconds=30)
    if finished:
        store.put_receipt(RECEIPT, "w2")

    with pytest.raises(Conflict):
        store.put_receipt(Receipt(DELIVERY.name, Outcome.REJECTED, "late", AT), "w1")

    if not finished:
        store.put_receipt(RECEIPT, "w2")
    assert store.receipt(DELIVERY.name) == RECEIPT


def test_a_worker_whose_lease_ran_out_cannot_release_its_successors_claim(store: TaskStore, clock: FakeClock) -> None:
    store.claim_delivery(DELIVERY, "w1", lease_seconds=30)
    clock.advance(31)
    store.claim_delivery(DELIVERY, "w2", lease_seconds=30)

    store.release_delivery(DELIVERY, "w1")

    with pytest.raises(Conflict):
        store.claim_delivery(DELIVERY, "w3", lease_seconds=30)


def test_a_slow_worker_without_a_successor_still_finishes(store: TaskStore, clock: FakeClock) -> None:
    store.claim_delivery(DELIVERY, "w1", lease_seconds=30)
    clock.advance(31)

    store.put_receipt(RECEIPT, "w1")

    assert store.receipt(DELIVERY.name) == RECEIPT


def test_a_receipt_of_what_nobody_claimed_is_refused(store: TaskStore) -> None:
    with pytest.raises(Conflict):
        store.put_receipt(RECEIPT, "w1")


def test_a_missing_receipt_is_named(store: TaskStore) -> None:
    with pytest.raises(NotFound, match="jira:nope"):
        store.receipt("jira:nope")


def test_a_ticket_has_one_live_run(store: TaskStore) -> None:
    assert store.create_task(task("FERRY-1-a"))

    assert not store.create_task(task("FERRY-1-b"))
    assert store.live_run("FERRY-1") == "FERRY-1-a"


@pytest.mark.parametrize("end", [status for status in TaskStatus if status.ended])
def test_every_end_frees_the_ticket(store: TaskStore, end: TaskStatus) -> None:
    store.create_task(task("FERRY-1-a"))

    store.update_task("FERRY-1-a", status=end)

    assert store.live_run("FERRY-1") is None
    assert store.last_run("FERRY-1") == 1
    assert store.create_task(task("FERRY-1-b", run=2))


def test_a_resumed_task_holds_its_ticket_again(store: TaskStore) -> None:
    store.create_task(task("FERRY-1-a"))
    store.update_task("FERRY-1-a", status=TaskStatus.FAILED)

    store.update_task("FERRY-1-a", status=TaskStatus.EXECUTING)

    assert store.live_run("FERRY-1") == "FERRY-1-a"


def test_tasks_are_listed_newest_first(store: TaskStore) -> None:
    store.create_task(task("FERRY-1-a", at="2026-11-21T12:00:00+00:00"))
    store.create_task(task("FERRY-2-a", at="2026-11-21T13:00:00+00:00"))

    assert [found.id for found in store.tasks()] == ["FERRY-2-a", "FERRY-1-a"]


def listed(store: TaskStore, status: TaskStatus | None, limit: int) -> list[list[str]]:
    """The ids on each page, to the end."""
    pages, after = [], ""
    while True:
        page, after = store.task_page(status=status, limit=limit, after=after)
        pages.append([found.id for found in page])
        if not after:
            return pages


def test_pages_of_tasks_join_to_the_whole_list(store: TaskStore) -> None:
    for number in range(7):
        store.create_task(task(f"FERRY-{number}-a", at=f"2026-11-21T12:00:{number // 2:02}+00:00"))
        if number % 3 == 0:
            store.update_task(f"FERRY-{number}-a", status=TaskStatus.FAILED)

    pages = listed(store, None, 3)

    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(sum(pages, [])) == [f"FERRY-{number}-a" for number in range(7)]
    assert pages[0][0] == "FERRY-6-a"
    assert sum(listed(store, TaskStatus.FAILED, 2), []) == ["FERRY-6-a", "FERRY-3-a", "FERRY-0-a"]
    assert listed(store, TaskStatus.EXPIRED, 2) == [[]]


def test_a_page_that_never_was_is_refused(store: TaskStore) -> None:
    with pytest.raises(ValueError, match="after: "):
        store.task_page(status=None, limit=5, after="nonsense")


def test_a_counter_takes_its_limit_and_each_name_once(store: TaskStore) -> None:
    for name in ("d1", "d1", "d2"):
        store.count({"hour:1": 2, "ticket:F-1": 5}, name)

    with pytest.raises(Conflict):
        store.count({"hour:1": 2, "ticket:F-1": 5}, "d3")
    store.count({"hour:1": 2}, "d1")
    assert store.counted(["hour:1", "ticket:F-1"]) == {
        "hour:1": frozenset({"d1", "d2"}),
        "ticket:F-1": frozenset({"d1", "d2"}),
    }
    assert not store.counted(["hour:2"]).get("hour:2")


def test_the_limit_holds_at_the_write_whatever_was_read_before(store: TaskStore) -> None:
    """All fifty have seen an empty counter. One after the other: moto itself loses updates that come at once."""
    refused = 0
    for number in range(50):
        try:
            store.count({"hour:1": 7}, f"d{number}")
        except Conflict:
            refused += 1

    assert refused == 43
    assert store.counted(["hour:1"])["hour:1"] == {f"d{number}" for number in range(7)}


def test_an_unknown_task_is_named(store: TaskStore) -> None:
    with pytest.raises(NotFound, match="FERRY-9"):
        store.task("FERRY-9")


def test_the_timeline_is_a_chain(store: TaskStore) -> None:
    for number in range(12):
        store.add_event("FERRY-1-a", "kind", f"line {number}")

    events = store.events("FERRY-1-a")

    assert [event.detail for event in events] == [f"line {number}" for number in range(12)]
    assert first_broken(events) is None


def test_what_many_tell_at_once_is_one_line(store: TaskStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(
            pool.map(lambda n: store.add_event("FERRY-1-a", "ticket edited", f"line {n}", once="change 7"), range(16))
        )

    assert told.count(True) == 1
    assert len(store.events("FERRY-1-a")) == 1
    assert store.add_event("FERRY-1-a", "ticket edited", "another", once="change 8")
    assert [store.add_event("FERRY-1-a", "plain", "again") for _ in range(2)] == [True, True]
    assert first_broken(store.events("FERRY-1-a")) is None


def test_a_changed_removed_or_inserted_line_breaks_the_chain(store: TaskStore) -> None:
    for number in range(4):
        store.add_event("FERRY-1-a", "kind", f"line {number}")
    events = store.events("FERRY-1-a")

    assert first_broken([events[0], events[1].model_copy(update={"detail": "x"}), *events[2:]]) == 1
    assert first_broken([events[0], *events[2:]]) == 1
    assert first_broken([*events[:2], events[0], *events[2:]]) == 2


def test_a_waiting_token_is_dropped_only_by_who_holds_it(store: TaskStore) -> None:
    store.put_token("FERRY-1-a", "ci#acme/pricing#abc", "old")
    store.put_token("FERRY-1-a", "ci#acme/pricing#abc", "new")

    assert not store.drop_token("FERRY-1-a", "ci#acme/pricing#abc", "old")
    assert store.token("FERRY-1-a", "ci#acme/pricing#abc") == "new"
    assert store.drop_token("FERRY-1-a", "ci#acme/pricing#abc", "new")
    assert store.token("FERRY-1-a", "ci#acme/pricing#abc") is None


def test_a_pull_request_leads_back_to_its_task(store: TaskStore) -> None:
    second = PullRequest(repo="acme/b", number=2, branch="f", url="u", base="0", head="1", position=2)
    first = PullRequest(repo="acme/a", number=7, branch="f", url="u", base="0", head="1", position=1)
    store.put_pull_request("FERRY-1-a", second)
    store.put_pull_request("FERRY-1-a", first)

    assert store.pull_requests("FERRY-1-a") == [first, second]
    assert store.task_of_pull_request("acme/a", 7) == "FERRY-1-a"
    assert store.task_of_pull_request("acme/a", 8) is None


def test_a_dropped_pull_request_is_forgotten_both_ways(store: TaskStore) -> None:
    store.put_pull_request(
        "FERRY-1-a", PullRequest(repo="acme/a", number=7, branch="f", url="u", base="0", head="1", position=1)
    )

    for _ in range(2):
        store.drop_pull_request("FERRY-1-a", "acme/a")

    assert store.pull_requests("FERRY-1-a") == []
    assert store.task_of_pull_request("acme/a", 7) is None


def test_the_ledger_keeps_every_call(store: TaskStore) -> None:
    entry = LedgerEntry(
        at=AT, step="plan", attempt=1, model="m", usage=Usage(input=3), milliseconds=5, micro_dollars=7, prices="v"
    )
    for _ in range(3):
        pay(store, "FERRY-1-a", entry)

    assert store.ledger("FERRY-1-a") == [entry] * 3


def test_whoever_waits_is_listed_until_told(store: TaskStore) -> None:
    store.put_token("FERRY-1-a", "ci#acme/pricing#abc", "one")
    store.put_token("FERRY-1-a", "ci#acme/checkout#def", "two")
    store.drop_token("FERRY-1-a", "ci#acme/pricing#abc", "one")

    assert store.tokens("FERRY-1-a") == ["ci#acme/checkout#def"]
    assert store.tokens("FERRY-2-a") == []


def test_only_claims_that_nobody_finished_for_an_hour_are_listed(store: TaskStore, clock: FakeClock) -> None:
    done = Delivery(Source.JIRA, "d2", "jira:issue_updated", "{}", AT)
    for delivery in (DELIVERY, done):
        store.claim_delivery(delivery, "w1", lease_seconds=30)
    store.put_receipt(Receipt(done.name, Outcome.IGNORED, "because", AT), "w1")
    assert store.expired_claims() == []

    clock.advance(3700)

    assert store.expired_claims() == [DELIVERY.name]


def test_an_errors_ticket_is_claimed_by_one_owner_who_may_come_back(store: TaskStore, clock: FakeClock) -> None:
    assert store.error_ticket("f1") is None
    first = store.claim_error_ticket("f1", "run-1", lease_seconds=60)

    assert store.claim_error_ticket("f1", "run-1", lease_seconds=60) == first
    with pytest.raises(Conflict):
        store.claim_error_ticket("f1", "run-2", lease_seconds=60)
    clock.advance(61)
    assert store.claim_error_ticket("f1", "run-2", lease_seconds=60).owner == "run-2"
    with pytest.raises(Conflict):
        store.put_error_ticket(first.model_copy(update={"ticket": "FERRY-9"}))


def test_an_errors_ticket_with_a_key_is_everybodys_for_ninety_days(store: TaskStore, clock: FakeClock) -> None:
    claimed = store.claim_error_ticket("f1", "run-1", lease_seconds=60)
    store.put_error_ticket(claimed.model_copy(update={"ticket": "FERRY-9", "told": True}))

    again = store.claim_error_ticket("f1", "run-2", lease_seconds=60)

    assert (again.ticket, again.told) == ("FERRY-9", True)
    clock.advance(91 * 86400)
    assert store.error_ticket("f1") is None
    assert store.claim_error_ticket("f1", "run-3", lease_seconds=60).ticket == ""


def test_many_owners_at_once_leave_one_that_opens_the_ticket(store: TaskStore) -> None:
    def claim(number: int) -> bool:
        try:
            store.claim_error_ticket("f1", f"run-{number}", lease_seconds=60)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(16))) == 1


def test_receipts_are_listed_by_the_task_they_touched_newest_first(store: TaskStore) -> None:
    for number, task_id in enumerate(["FERRY-1-a", "", "FERRY-1-a"]):
        leave(Receipt(f"jira:l{number}", Outcome.IGNORED, "why", f"2026-11-21T12:00:0{number}Z", task_id), store)

    assert [receipt.delivery for receipt in store.receipts("FERRY-1-a")] == ["jira:l2", "jira:l0"]
    assert [receipt.delivery for receipt in store.receipts()] == ["jira:l1"]
    assert store.receipts("FERRY-9-z") == []
