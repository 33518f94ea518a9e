from backoff import wait


def test_no_wait_is_longer_than_a_minute():
    assert [wait(attempt) for attempt in (0, 5, 6, 7, 1000)] == [1, 32, 60, 60, 60]
