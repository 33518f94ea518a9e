from backoff import wait


def test_each_wait_is_twice_the_one_before():
    assert [wait(attempt) for attempt in range(4)] == [1, 2, 4, 8]
