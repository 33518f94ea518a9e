import unittest

import rates


class RatesTest(unittest.TestCase):
    def test_germany(self):
        self.assertEqual(rates.GERMANY, 190)
