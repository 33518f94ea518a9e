"""When people are called: in working hours where there are some, in order, and never when it is too late."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.policy import Escalation, Policy, WorkingHours
from ferry.domain.reminders import Due, due, timetable

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe")
BERLIN = {"zone": "Europe/Berlin"}
fast = settings(max_examples=200, deadline=None, database=None)

moments = st.integers(0, 365 * 86400).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
lengths = st.integers(2, 5 * 86400).map(lambda seconds: timedelta(seconds=seconds))
hours = st.builds(
    lambda zone, days, start, length: WorkingHours.model_validate(
        {"zone": zone, "days": days, "from": time(start), "to": time(start + length)}
    ),  # fmt: skip
    st.sampled_from(ZONES),
    st.lists(st.sampled_from(DAYS), min_size=1, unique=True),
    st.integers(0, 15),
    st.integers(1, 8),
)
steps = st.builds(Escalation, at=st.floats(0.01, 0.99)) | st.builds(Escalation, seconds=st.integers(1, 86400))
policies = st.builds(
    Policy,
    approvers=st.just(("slack:UA",)),
    remind_at=st.floats(0.01, 0.99),
    escalation=st.lists(steps, max_size=3).map(tuple),
    working_hours=st.none() | hours,
)


def table(policy: Policy, begun: datetime, length: timedelta, reminder: int = 0) -> tuple[Due, ...]:
    return timetable(policy, text(begun), text(begun + length), reminder)


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def works(hours: WorkingHours, at: datetime) -> bool:
    there = at.astimezone(ZoneInfo(hours.zone))
    return DAYS[there.weekday()] in hours.days and hours.from_ <= there.time() < hours.to


@fast
@given(policies, moments, lengths)
def test_nobody_is_called_before_the_request_or_when_it_is_over(
    policy: Policy, begun: datetime, length: timedelta
) -> None:
    for one in table(policy, begun, length):
        assert text(begun) <= one.at < text(begun + length)


@fast
@given(policies, moments, lengths)
def test_working_hours_move_calls_and_lose_none_and_keep_their_order(
    policy: Policy, begun: datetime, length: timedelta
) -> None:
    always = table(policy.model_copy(update={"working_hours": None}), begun, length)
    inside = table(policy, begun, length)

    assert [one.name for one in inside] == [one.name for one in always]
    assert sorted(one.at for one in inside) == [one.at for one in inside]


@fast
@given(policies, hours, moments, lengths)
def test_people_are_called_in_working_hours_whenever_the_request_lives_through_some(
    policy: Policy, hours: WorkingHours, begun: datetime, length: timedelta
) -> None:
    working = policy.model_copy(update={"working_hours": hours})
    lived = (begun + timedelta(minutes=n) for n in range(1, int(length.total_seconds() // 60)))
    if not any(works(hours, at) for at in lived):
        return

    for one in table(working, begun, length):
        assert works(hours, datetime.fromisoformat(one.at)), one


@fast
@given(policies, moments, lengths)
def test_what_was_planned_inside_working_hours_stays_where_it_was(
    policy: Policy, begun: datetime, length: timedelta
) -> None:
    planned = {one.name: one.at for one in table(policy.model_copy(update={"working_hours": None}), begun, length)}
    first = next(iter(table(policy, begun, length)), None)

    if first and (
        policy.working_hours is None or works(policy.working_hours, datetime.fromisoformat(planned[first.name]))
    ):
        assert first.at == planned[first.name]


def at(day: int, clock: str) -> datetime:
    """November 2026 in UTC, Berlin less an hour; the 20th is a Friday."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}:00+00:00")


def policy(**fields: Any) -> Policy:
    return Policy.model_validate({"approvers": ["slack:UA"], **fields})


def test_by_default_people_are_reminded_at_half_and_others_called_at_three_quarters() -> None:
    found = table(policy(), at(20, "08:00"), timedelta(hours=24))

    assert [(one.name, one.kind, one.at[8:16], one.who) for one in found] == [
        ("reminder", "reminded", "20T20:00", ("slack:UA",)),
        ("escalation 1", "escalated", "21T02:00", ("slack:UA",)),
    ]


def test_a_chain_calls_each_step_at_its_moment() -> None:
    chain = [{"seconds": 3600, "who": ["slack:UB"]}, {"at": 0.9, "who": ["slack-group:S1"]}]

    found = table(policy(escalation=chain), at(20, "08:00"), timedelta(hours=10))

    assert [(one.name, one.at[11:16], one.who) for one in found] == [
        ("escalation 1", "09:00", ("slack:UB",)),
        ("reminder", "13:00", ("slack:UA",)),
        ("escalation 2", "17:00", ("slack-group:S1",)),
    ]


@pytest.mark.parametrize(
    ("begun", "hours", "moments"),
    [
        pytest.param(at(19, "14:00"), 24, ["20T08:00", "20T08:00"], id="the night moves to the morning"),
        pytest.param(at(20, "14:00"), 80, ["23T08:00", "23T08:00"], id="the weekend moves to Monday"),
        pytest.param(
            at(20, "14:00"), 12, ["20T15:59", "20T15:59"], id="nobody works before the end, so it comes early"
        ),
        pytest.param(at(20, "20:00"), 12, ["21T02:00", "21T05:00"], id="there are no working hours at all"),
    ],
)
def test_outside_working_hours_a_call_moves(begun: datetime, hours: int, moments: list[str]) -> None:
    found = table(policy(working_hours=BERLIN), begun, timedelta(hours=hours))

    assert [one.at[8:16] for one in found] == moments


def test_an_escalation_after_the_end_is_none() -> None:
    assert [
        one.name for one in table(policy(escalation=[{"seconds": 99}]), at(20, "08:00"), timedelta(seconds=99))
    ] == ["reminder"]


def test_a_setting_in_seconds_comes_before_the_policys_share() -> None:
    assert table(policy(), at(20, "08:00"), timedelta(hours=24), 60)[0].at[11:16] == "08:01"


def test_what_is_due_is_told_once() -> None:
    found = table(policy(), at(20, "08:00"), timedelta(hours=24))

    assert [one.name for one in due(found, text(at(20, "20:00")), ())] == ["reminder"]
    assert due(found, text(at(20, "20:00")), ["reminder"]) == ()
