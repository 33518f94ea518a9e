"""Which of GitHub's deliveries are asked for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ferry.domain.hooks import MOST_ATTEMPTS, FailedHook, HookAttempt, failed_hooks

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def attempt(id: int, guid: str, status: int, hours: float = 1) -> HookAttempt:
    return HookAttempt(id, guid, "check_suite", status, NOW - timedelta(hours=hours))


def test_a_delivery_without_one_attempt_that_was_taken_is_sent_again_by_its_last() -> None:
    attempts = [attempt(1, "lost", 502, 3), attempt(2, "lost", 503, 2), attempt(3, "fine", 200)]

    assert failed_hooks(attempts, NOW) == [FailedHook("lost", "check_suite", 2, 2)]


def test_a_delivery_that_was_taken_at_last_is_fine() -> None:
    assert failed_hooks([attempt(1, "late", 502, 3), attempt(2, "late", 202, 2)], NOW) == []


def test_what_github_no_longer_has_or_what_never_works_is_left() -> None:
    assert failed_hooks([attempt(1, "old", 502, 73)], NOW) == []
    assert failed_hooks([attempt(number, "hopeless", 500) for number in range(MOST_ATTEMPTS)], NOW) == []
