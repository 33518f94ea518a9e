import unittest

from invoices import tax


class InvoicesTest(unittest.TestCase):
    def test_germany(self):
        self.assertEqual(tax(10_000), 1_900)
