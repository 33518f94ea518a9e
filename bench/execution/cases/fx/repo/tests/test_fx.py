import unittest

from fx import convert


class FxTest(unittest.TestCase):
    def test_the_same_currency(self):
        self.assertEqual(convert(100), 100)
