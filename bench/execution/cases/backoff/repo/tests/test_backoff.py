import unittest

from backoff import wait


class BackoffTest(unittest.TestCase):
    def test_each_wait_is_twice_the_one_before(self):
        self.assertEqual([wait(attempt) for attempt in range(4)], [1, 2, 4, 8])
