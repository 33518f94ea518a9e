"""One contract for budgets and ledger: DynamoDB (the template's own table, in moto) and the fake keep it alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from ferry.adapters.dynamodb import DynamoTaskStore
from ferry.agentkit.purse import TaskPurse
from ferry.domain.errors import BudgetExceeded, Conflict
from ferry.domain.ledger import LedgerEntry, Usage
from ferry.domain.paid_steps import SandboxSession
from ferry.domain.spending import HOLD_SECONDS, Hold, Limit
from ferry.ports import TaskStore
from tests.contract.conftest import one_call_at_a_time
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.template import resources

AT = "2026-11-21T12:00:00.000+00:00"
TASK, TEAM, MONTH = "task:FERRY-1-a", "team:FERRY:2026-11", "month:2026-11"


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


def entry(money: int, *, at: str = AT, lost: bool = False) -> LedgerEntry:
    usage = Usage() if lost else Usage(input=3, output=2, cache_read=5, cache_write=7, cache_write_1h=1)
    return LedgerEntry(
        at=at, step="planning", attempt=1, model="m", usage=usage, milliseconds=5, micro_dollars=money, prices="v",
        lost=lost,
    )  # fmt: skip


def hold(id: str, money: int, *accounts: str) -> Hold:
    return Hold(id=id, task_id="FERRY-1-a", expires=AT, accounts=accounts or (TASK,), lost=entry(money, lost=True))


def purse(store: TaskStore, clock: FakeClock, task: str, limit: int) -> TaskPurse:
    """Of a task without a limit in a team with one."""
    limits = (Limit(f"task:{task}", None, task, ""), Limit(TEAM, limit, "team FERRY", "the next month"))
    return TaskPurse(store, clock, task, lambda: limits)


def test_what_is_reserved_is_held_and_what_is_settled_is_spent(store: TaskStore) -> None:
    first = hold("h1", 100, TASK, MONTH)
    store.reserve(first, {TASK: 100})
    assert store.holds("FERRY-1-a") == [first]
    assert (store.accounts([TASK])[TASK].spent, store.accounts([TASK])[TASK].held) == (0, 100)

    store.settle(first, entry(60))

    assert store.holds("FERRY-1-a") == []
    assert store.ledger("FERRY-1-a") == [entry(60)]
    for name, account in store.accounts([TASK, MONTH]).items():
        assert account.model_dump() == {
            "name": name, "spent": 60, "held": 0, "calls": 1, "input": 3, "output": 2, "cache_read": 5,
            "cache_write": 8,
        }  # fmt: skip


def test_a_reservation_that_passes_one_limit_holds_nothing_anywhere(store: TaskStore) -> None:
    store.reserve(hold("h1", 60, TASK, MONTH), {TASK: 100, MONTH: 1000})

    with pytest.raises(Conflict):
        store.reserve(hold("h2", 41, TASK, MONTH), {TASK: 100, MONTH: 1000})

    assert {one.held for one in store.accounts([TASK, MONTH]).values()} == {60}
    store.reserve(hold("h3", 40, TASK, MONTH), {TASK: 100, MONTH: 1000})


def test_a_first_reservation_must_fit_too(store: TaskStore) -> None:
    with pytest.raises(Conflict):
        store.reserve(hold("h1", 101), {TASK: 100})


def test_a_hold_is_settled_once(store: TaskStore) -> None:
    one = hold("h1", 100)
    store.reserve(one, {})
    store.settle(one, entry(60))

    with pytest.raises(Conflict):
        store.settle(one, entry(60))

    assert store.accounts([TASK])[TASK].spent == 60
    assert len(store.ledger("FERRY-1-a")) == 1


def test_what_cost_nothing_is_given_back_once(store: TaskStore) -> None:
    one = hold("h1", 100)
    store.reserve(one, {})

    for _ in range(2):
        store.release(one)

    assert store.accounts([TASK])[TASK].used == 0
    assert store.ledger("FERRY-1-a") == []


def test_a_month_lists_its_teams_and_repositories(store: TaskStore) -> None:
    accounts = (TASK, "ticket:FERRY-1", TEAM, "repo:acme/a:2026-11", MONTH)
    one = hold("h1", 100, *accounts)
    store.reserve(one, {})
    store.settle(one, entry(60))

    assert {account.name: account.spent for account in store.accounts_of("2026-11")} == {
        TEAM: 60, "repo:acme/a:2026-11": 60, MONTH: 60
    }  # fmt: skip
    assert store.accounts_of("2026-12") == []


def test_tasks_that_race_never_overspend_their_teams_budget(store: TaskStore, clock: FakeClock) -> None:
    limit, each = 1000, 90
    tasks = [purse(store, clock, f"FERRY-{number}-a", limit) for number in range(6)]

    def draw(one: TaskPurse) -> int:
        """Until it is refused; the actual is all of the reservation, which is the worst."""
        paid = 0
        while True:
            try:
                held = one.reserve(entry(each, lost=True))
            except BudgetExceeded:
                return paid
            one.settle(held, entry(each))
            paid += each

    with ThreadPoolExecutor(6) as pool:
        paid = sum(pool.map(draw, tasks))

    assert paid == store.accounts([TEAM])[TEAM].spent == limit // each * each
    assert sum(line.micro_dollars for number in range(6) for line in store.ledger(f"FERRY-{number}-a")) == paid


def test_a_dead_callers_reservation_expires_into_a_charge_that_says_so(store: TaskStore, clock: FakeClock) -> None:
    one = purse(store, clock, "FERRY-1-a", 1000)
    one.reserve(entry(300, lost=True))
    one.charge_expired()
    assert store.ledger("FERRY-1-a") == []

    clock.advance(HOLD_SECONDS)
    one.charge_expired()

    [line] = store.ledger("FERRY-1-a")
    assert (line.lost, line.micro_dollars, line.reserved) == (True, 300, 300)
    assert (store.accounts([TEAM])[TEAM].spent, store.accounts([TEAM])[TEAM].held) == (300, 0)
    assert [event.kind for event in store.events("FERRY-1-a")] == ["answer lost"]


def test_a_session_is_kept_when_it_begins_and_replaced_when_it_has_ended(store: TaskStore) -> None:
    first = SandboxSession(id="s1", step="execution", began=AT, lasts=3600)
    later = SandboxSession(id="s2", step="cicd", began=AT.replace("12:00", "12:30"), lasts=3600, seconds=5)
    for one in (later, first, first.model_copy(update={"seconds": 60.5, "cpu_seconds": 9.25, "gigabytes": 1.5})):
        store.keep_session("FERRY-1-a", one)

    assert [(one.id, one.seconds, one.cpu_seconds) for one in store.sessions("FERRY-1-a")] == [
        ("s1", 60.5, 9.25), ("s2", 5, 0)
    ]  # fmt: skip
    assert store.sessions("FERRY-2-a") == []
