from backoff import wait

found = [wait(attempt) for attempt in (0, 5, 6, 7, 1000)]
assert found == [1, 32, 60, 60, 60], found
